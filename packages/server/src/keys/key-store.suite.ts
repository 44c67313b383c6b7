import { randomBytes, randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type Chain,
  chains,
  type KeyEvent,
  type KeyKind,
  type KeyStore,
  type Tombstone,
  type Wrap,
  type WrapName,
} from './key-store.ts';

const madeAt = new Date('2026-01-02T03:04:05.678Z');
const later = (days: number): Date => new Date(madeAt.getTime() + days * 86_400_000);

function wrap(kind: KeyKind, accountId: string, family: string, id: string, more: Partial<Wrap> = {}): Wrap {
  const wrapped = Uint8Array.from(randomBytes(65));
  return { chain: 'image', kind, family, id, accountId, generation: 1, under: 1, wrapped, madeAt, ...more };
}
const nameOf = ({ chain, kind, family, id }: Wrap): WrapName => ({ chain, kind, family, id });
const inAll = (make: (chain: Chain) => Wrap): Wrap[] => chains.map(make);
const accountOf = (id: string): Wrap[] => inAll((chain) => wrap('account', id, id, id, { chain }));
const patientOf = (accountId: string, id: string, more: Partial<Wrap> = {}): Wrap[] =>
  inAll((chain) => wrap('patient', accountId, id, id, { chain, ...more }));
const event = (what: KeyEvent['what'], at: Date, more: Partial<KeyEvent> = {}): KeyEvent => ({
  id: randomUUID(),
  at,
  what,
  accountId: null,
  detail: {},
  ...more,
});

async function gathered(pages: AsyncIterable<Wrap[]>, each: (page: Wrap[]) => Promise<void> | void = () => {}) {
  const all: Wrap[] = [];
  for await (const page of pages) {
    all.push(...page);
    await each(page);
  }
  return all;
}
async function* once(...pages: Wrap[][]): AsyncGenerator<Wrap[]> {
  yield* pages;
}

/** What every key store must do. `open` gives the same store again, as another process would have it; `empty` makes it new. */
export function keyStoreSuite(driver: string, open: () => Promise<KeyStore>, empty: () => Promise<void>): void {
  describe(`the key store ${driver}`, () => {
    let store: KeyStore;
    let other: KeyStore;
    const [account, patient, study] = [randomUUID(), randomUUID(), randomUUID()];
    const studyWrap = wrap('study', account, patient, study);
    beforeEach(async () => {
      await empty();
      [store, other] = [await open(), await open()];
      await store.add([...accountOf(account), ...patientOf(account, patient), studyWrap]);
    });
    afterEach(async () => {
      await store.close();
      await other.close();
    });

    /** A patient's key replaced by its next generation, and what hangs from it wrapped anew. */
    async function rotated(by: KeyStore, family: string): Promise<boolean> {
      const replacements = (await by.family(family)).map((was) => {
        const fresh = { wrapped: Uint8Array.from(randomBytes(65)) };
        const now =
          was.kind === 'patient'
            ? { ...was, ...fresh, generation: was.generation + 1 }
            : { ...was, ...fresh, under: was.under + 1 };
        return { was, now };
      });
      return by.replace(replacements);
    }

    test('gives back what was added, to another process too, with the key above it', async () => {
      for (const from of [store, other]) {
        const found = await from.find(nameOf(studyWrap));
        expect(found?.wrap).toMatchObject({ ...studyWrap, wrapped: expect.anything() });
        expect(Buffer.compare(found?.wrap.wrapped as Uint8Array, studyWrap.wrapped)).toBe(0);
        expect(found?.above).toMatchObject({ kind: 'patient', id: patient, chain: 'image' });
      }
      const top = await store.find({ chain: 'audit', kind: 'patient', family: patient, id: patient });
      expect([top?.wrap.chain, top?.above]).toEqual(['audit', undefined]);
    });

    test('finds nothing under another chain, kind, patient or id', async () => {
      const name = nameOf(studyWrap);
      for (const wrong of [
        { ...name, chain: 'audit' },
        { ...name, kind: 'patient-cell' },
        { ...name, family: randomUUID() },
        { ...name, id: randomUUID() },
        { ...name, id: patient },
      ] as const)
        expect(await store.find(wrong)).toBeUndefined();
    });

    test('adds all or none, and never puts one in the place of another', async () => {
      const fresh = wrap('study', account, patient, randomUUID());
      await expect(store.add([fresh, { ...studyWrap, wrapped: randomBytes(65) }])).rejects.toMatchObject({
        code: 'KEY_EXISTS',
      });
      expect(await store.find(nameOf(fresh))).toBeUndefined();
      expect(Buffer.compare((await store.find(nameOf(studyWrap)))?.wrap.wrapped as Uint8Array, studyWrap.wrapped)).toBe(
        0,
      );
    });

    test('takes nothing under a key that is not there, or was replaced', async () => {
      await expect(store.add([wrap('study', account, randomUUID(), randomUUID())])).rejects.toMatchObject({
        code: 'KEY_MISSING',
      });
      await expect(store.add(patientOf(randomUUID(), randomUUID()))).rejects.toMatchObject({ code: 'KEY_MISSING' });
      expect(await rotated(store, patient)).toBe(true);
      const old = wrap('study', account, patient, randomUUID());
      await expect(other.add([old])).rejects.toMatchObject({ code: 'KEY_SUPERSEDED' });
      expect(await store.find(nameOf(old))).toBeUndefined();
      await other.add([{ ...old, under: 2 }]);
    });

    test('takes no patient under a version of the account’s key that is behind the account', async () => {
      const [was] = (await store.family(account)).filter(({ chain }) => chain === 'image') as [Wrap];
      expect(await store.replace([{ was, now: { ...was, under: 2, wrapped: randomBytes(65) } }])).toBe(true);
      const [one, two] = [randomUUID(), randomUUID()];
      await expect(store.add([wrap('patient', account, one, one)])).rejects.toMatchObject({ code: 'KEY_SUPERSEDED' });
      await store.add([wrap('patient', account, two, two, { under: 3 })]);
    });

    test('replaces only what is still as it was, all or none, with its events', async () => {
      const wrapped = randomBytes(65);
      const [first] = (await store.family(patient)).filter(({ kind }) => kind === 'study') as [Wrap];
      const [top] = (await store.family(account)) as [Wrap];
      const stale = { ...first, wrapped: randomBytes(65) };
      const refused = event('rotation done', madeAt);
      expect(
        await store.replace(
          [
            { was: top, now: { ...top, under: 5, wrapped } },
            { was: stale, now: { ...first, wrapped } },
          ],
          [refused],
        ),
      ).toBe(false);
      expect((await store.family(account))[0]?.under).toBe(1);
      expect(await store.unauditedEvents(10)).toEqual([]);
      const done = event('rotation done', madeAt);
      expect(await store.replace([{ was: first, now: { ...first, wrapped } }], [done])).toBe(true);
      expect(Buffer.compare((await other.find(nameOf(first)))?.wrap.wrapped as Uint8Array, wrapped)).toBe(0);
      expect((await store.unauditedEvents(10)).map(({ id }) => id)).toEqual([done.id]);
    });

    test('leaves no study behind under a patient’s key that is replaced', async () => {
      const replacements = (await store.family(patient)).map((was) => ({
        was,
        now: was.kind === 'patient' ? { ...was, generation: 2 } : { ...was, under: 2 },
      }));
      await other.add([wrap('study', account, patient, randomUUID())]);
      expect(await store.replace(replacements)).toBe(false);
      expect((await store.family(patient)).every(({ generation, under }) => generation === 1 && under === 1)).toBe(
        true,
      );
      expect(await rotated(store, patient)).toBe(true);
    });

    test('keeps every study under its patient’s key, however additions and rotations race', async () => {
      let rotations = 0;
      const add = async (by: KeyStore): Promise<void> => {
        for (let at = 0; at < 15; at += 1) {
          for (let added = false; !added; ) {
            const above = await by.find({ chain: 'image', kind: 'patient', family: patient, id: patient });
            await new Promise((next) => setImmediate(next));
            const fresh = wrap('study', account, patient, randomUUID(), { under: above?.wrap.generation ?? 0 });
            added = await by.add([fresh]).then(
              () => true,
              (error: { code?: string }) => {
                expect(error.code).toBe('KEY_SUPERSEDED');
                return false;
              },
            );
          }
        }
      };
      const rotate = async (by: KeyStore): Promise<void> => {
        for (let at = 0; at < 15; at += 1) if (await rotated(by, patient)) rotations += 1;
      };
      await Promise.all([add(store), add(other), rotate(store), rotate(other)]);
      const family = await store.family(patient);
      const generation = family.find(({ kind, chain }) => kind === 'patient' && chain === 'image')?.generation;
      expect(generation).toBe(1 + rotations);
      expect(rotations).toBeGreaterThan(0);
      const studies = family.filter(({ kind }) => kind === 'study');
      expect(studies).toHaveLength(31);
      expect(new Set(studies.map(({ under }) => under))).toEqual(new Set([generation]));
    });

    test('removes keys for good', async () => {
      expect(await store.remove([nameOf(studyWrap), { ...nameOf(studyWrap), id: randomUUID() }])).toBe(1);
      expect(await other.find(nameOf(studyWrap))).toBeUndefined();
      expect(await store.remove([nameOf(studyWrap)])).toBe(0);
    });

    test('walks the patients of one account by the age of their keys', async () => {
      const patients = Array.from({ length: 7 }, () => randomUUID());
      const foreign = randomUUID();
      await store.add([
        ...patients.flatMap((id, at) => patientOf(account, id, { madeAt: later(at < 4 ? -3 : -1) })),
        ...accountOf(foreign),
        ...patientOf(foreign, randomUUID(), { madeAt: later(-9) }),
      ]);
      const seen: string[] = [];
      for (let last: { family: string; madeAt: Date } | undefined; ; ) {
        const page = await store.patients(account, madeAt, last, 2);
        if (page.length === 0) break;
        seen.push(...page.map(({ family }) => family));
        last = page.at(-1);
      }
      expect([...seen].sort()).toEqual([...patients].sort());
      expect(new Set(seen.slice(0, 4))).toEqual(new Set(patients.slice(0, 4)));
      expect(await store.patients(account, later(-2), undefined, 100)).toHaveLength(4);
      expect(await store.accounts()).toEqual([account, foreign].sort());
    });

    test('counts keys and their ages, of one account or of all', async () => {
      const foreign = randomUUID();
      const fresh = wrap('study', account, patient, randomUUID(), { madeAt: later(2) });
      const fresher = wrap('study', account, patient, randomUUID(), { madeAt: later(5) });
      await store.add([fresh, fresher, ...accountOf(foreign)]);
      const studies = { chain: 'image', kind: 'study', count: 3, oldest: madeAt, newest: later(5) };
      expect(await store.census(account, later(1))).toContainEqual({ ...studies, oldestSince: later(2) });
      expect(await store.census(account, later(9))).toContainEqual({ ...studies, oldestSince: null });
      const accounts = { chain: 'audit', kind: 'account', oldest: madeAt, newest: madeAt, oldestSince: null };
      expect(await store.census(foreign, later(1))).toContainEqual({ ...accounts, count: 1 });
      expect(await store.census(undefined, later(1))).toContainEqual({ ...accounts, count: 2 });
    });

    test('gives everything page by page, each family whole, while others write', async () => {
      const patients = Array.from({ length: 30 }, () => randomUUID());
      for (const id of patients)
        await store.add([
          ...patientOf(account, id),
          ...Array.from({ length: 5 }, () => wrap('study', account, id, randomUUID())),
        ]);
      const all = await gathered(store.pages(20), async (page) => {
        for (const [family, wraps] of Map.groupBy(page, (one) => one.family)) {
          if (wraps.length === 3 && family === account) continue;
          const tops = new Map(
            wraps.filter(({ kind }) => kind === 'patient').map((one) => [one.chain, one.generation]),
          );
          for (const { kind, chain, under } of wraps) if (kind === 'study') expect(under).toBe(tops.get(chain));
        }
        for (const id of patients.slice(0, 3)) await rotated(other, id);
        await other.add([wrap('study', account, patient, randomUUID(), { under: 1 })]);
      });
      const names = all.map((one) => JSON.stringify(nameOf(one)));
      expect(new Set(names).size).toBe(names.length);
      for (const id of patients) expect(all.filter(({ family }) => family === id)).toHaveLength(8);
    });

    test('keeps what was done for the audit, until it is there, and the newest of each kind', async () => {
      const first = event('backup', madeAt, { detail: { wraps: 3 } });
      const second = event('backup', later(1));
      const mine = event('rotation done', later(2), { accountId: account, detail: { of: 'patients', patients: 4 } });
      const root = event('rotation done', later(3), { detail: { of: 'image/root' } });
      for (const one of [first, second, mine, root]) await store.addEvent(one);
      expect(await other.unauditedEvents(10)).toEqual([first, second, mine, root]);
      expect(await other.unauditedEvents(1)).toEqual([first]);
      await store.markAudited([first.id, mine.id]);
      expect((await other.unauditedEvents(10)).map(({ id }) => id)).toEqual([second.id, root.id]);
      expect((await store.latestEvents()).map(({ id }) => id)).toEqual([root.id, mine.id, second.id]);
    });

    test('is loaded whole from elsewhere where it is empty, and otherwise only when told to replace', async () => {
      const all = await gathered(store.pages(100));
      const fresh = accountOf(randomUUID());
      await expect(store.load(once(fresh), [], false)).rejects.toMatchObject({ code: 'KEYS_EXIST' });
      expect(await gathered(other.pages(100))).toHaveLength(all.length);
      const restore = event('restore', madeAt);
      await store.load(once(fresh.slice(0, 1), fresh.slice(1)), [restore], true);
      expect((await gathered(other.pages(100))).map(nameOf)).toEqual(fresh.map(nameOf).sort(byChain));
      expect((await other.unauditedEvents(10)).map(({ id }) => id)).toEqual([restore.id]);
    });

    test('keeps one tombstone of each id: that of a whole study in the place of that of its halves, never the other way round', async () => {
      const of = { accountId: account, family: patient, at: madeAt };
      const halves: Tombstone = { ...of, id: study, kind: 'study-data', erasureId: randomUUID() };
      const whole: Tombstone = { ...of, id: study, kind: 'study', erasureId: randomUUID() };
      for (const [now, left] of [
        [halves, halves],
        [whole, whole],
        [halves, whole],
        [{ ...whole, erasureId: randomUUID() }, whole],
      ] as const) {
        await store.remove([], [now]);
        expect(await other.tombstones('', 10)).toEqual([left]);
      }
      expect(await other.unauditedEvents(10)).toEqual([]);
    });

    test('a load that breaks off changes nothing', async () => {
      const all = await gathered(store.pages(100));
      async function* broken(): AsyncGenerator<Wrap[]> {
        yield accountOf(randomUUID());
        throw new Error('cut');
      }
      await expect(store.load(broken(), [], true)).rejects.toThrow('cut');
      expect(await gathered(other.pages(100))).toHaveLength(all.length);
    });

    test('lets one at a time do work of a name', async () => {
      let freed = (): void => {};
      let begun = (): void => {};
      const running = new Promise<void>((done) => {
        begun = done;
      });
      const held = store.alone('rotation', () => {
        begun();
        return new Promise<string>((done) => {
          freed = () => done('mine');
        });
      });
      await running;
      expect(await other.alone('rotation', async () => 'theirs')).toBeUndefined();
      expect(await other.alone('something else', async () => 'theirs')).toEqual({ done: 'theirs' });
      freed();
      expect(await held).toEqual({ done: 'mine' });
      expect(await other.alone('rotation', async () => 'theirs')).toEqual({ done: 'theirs' });
      await expect(store.alone('rotation', () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
      expect(await other.alone('rotation', async () => 'theirs')).toEqual({ done: 'theirs' });
    });

    test('says whether it works', () => store.health());
  });
}

const byChain = (a: WrapName, b: WrapName): number => (a.chain < b.chain ? -1 : 1);
