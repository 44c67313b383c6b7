import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { KeyChains, newStudy, type StudyPlace } from './key-chains.ts';
import { accountKeyName } from './key-contexts.ts';
import { chains, type KeyStore } from './key-store.ts';
import { type Keys, openKeys } from './open-keys.ts';
import { liveVersions, type RotationDeps, rotateAccount, rotatePatients, rotateRoots } from './rotation.ts';

let folder: string;
let keys: Keys;
let ms = Date.parse('2026-01-02T03:04:05Z');
const now = (): Date => new Date(ms);
const accountId = randomUUID();
let places: StudyPlace[];
let known: Map<string, string>;

const deps = (more: Partial<RotationDeps> = {}): RotationDeps => ({
  service: keys.service,
  store: keys.store,
  now,
  by: 'schedule',
  ...more,
});
/** Chains without anything cached, as after a restart or on another node. */
const fresh = (): KeyChains => new KeyChains(keys.service, keys.store, now);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

async function keysOf(by: KeyChains, of: readonly StudyPlace[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const place of of) {
    for (const chain of chains) found.set(`${chain} ${place.studyId}`, hex(await by.study(chain, place)));
    found.set(place.patientId, hex(await by.patient('identity', accountId, place.patientId)));
  }
  for (const chain of chains) found.set(chain, hex(await by.account(chain, accountId)));
  return found;
}
const newPlaces = (count: number): StudyPlace[] =>
  Array.from({ length: count }, () => newStudy({ accountId, patientId: randomUUID() }));
const events = async () =>
  (await keys.store.unauditedEvents(100)).map(({ what, accountId: of, detail }) => [what, of, detail]);

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'symbolon-rotation-'));
  keys = await openKeys(folder, now);
  await keys.chains.addAccount(accountId);
  const patients = newPlaces(20);
  places = [...patients, ...patients.slice(0, 5).map(newStudy)];
  await keys.chains.add(patients, places);
  known = await keysOf(fresh(), places);
  ms += 400 * 86_400_000;
});
afterEach(async () => {
  await keys.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A store that breaks at its n-th change, before it or after it, as a crash would end the work there. */
function breaking(at: number, when: 'before' | 'after'): { store: KeyStore; broke: () => boolean } {
  let changes = 0;
  const crash = async (result: () => Promise<unknown>): Promise<never> => {
    if (when === 'after') await result();
    throw new Error('crash');
  };
  const store = new Proxy(keys.store, {
    get: (target, name: keyof KeyStore) => {
      const call = (target[name] as (...given: unknown[]) => Promise<unknown>).bind(target);
      if (name !== 'replace' && name !== 'addEvent') return call;
      return (...given: unknown[]) => {
        changes += 1;
        return changes === at ? crash(() => call(...given)) : call(...given);
      };
    },
  });
  return { store, broke: () => changes >= at };
}

describe('the rotation of patients', () => {
  test('gives each a new key, leaves every study key what it was, and the old patient key opens nothing', async () => {
    const held = await keys.store.family(places[0]?.patientId as string);
    expect(await rotatePatients(deps(), accountId, now())).toEqual({ patients: 20 });
    expect(await keysOf(fresh(), places)).toEqual(known);
    const after = await keys.store.family(places[0]?.patientId as string);
    for (const wrap of held) {
      const same = after.find(({ chain, kind, id }) => chain === wrap.chain && kind === wrap.kind && id === wrap.id);
      expect(hex(same?.wrapped as Uint8Array)).not.toBe(hex(wrap.wrapped));
      expect([same?.generation, same?.under]).toEqual(wrap.kind === 'patient' ? [2, 1] : [1, 2]);
      expect(same?.madeAt).toEqual(wrap.kind === 'patient' ? now() : wrap.madeAt);
    }
    const file = readFileSync(join(folder, 'key-store.sqlite'));
    for (const { wrapped } of held) expect(file.includes(Buffer.from(wrapped))).toBe(false);
  });

  test('can be undone by who writes to the key store, until the account is rotated: then the old wraps open nowhere', async () => {
    const place = places[0] as StudyPlace;
    const held = await keys.store.family(place.patientId);
    /** Past the store, which would refuse it. */
    const putBack = (): void => {
      const file = new DatabaseSync(join(folder, 'key-store.sqlite'));
      const update = file.prepare(
        'update wraps set generation = ?, under = ?, wrapped = ? where family = ? and chain = ? and kind = ? and id = ?',
      );
      for (const { generation, under, wrapped, family, chain, kind, id } of held)
        expect(update.run(generation, under, wrapped, family, chain, kind, id).changes).toBe(1);
      file.close();
    };
    await rotatePatients(deps(), accountId, now());
    putBack();
    expect(hex(await fresh().study('image', place))).toBe(known.get(`image ${place.studyId}`));
    ms += 1;
    await rotatePatients(deps(), accountId, now());
    await rotateAccount(deps(), accountId);
    expect(await keysOf(fresh(), places)).toEqual(known);
    putBack();
    await expect(fresh().study('image', place)).rejects.toMatchObject({ code: 'KEY_DESTROYED' });
  });

  test('takes those alone whose key is old enough', async () => {
    const [young] = newPlaces(1) as [StudyPlace];
    await keys.chains.add([young], [young]);
    expect(await rotatePatients(deps(), accountId, now())).toEqual({ patients: 20 });
    expect(await rotatePatients(deps(), accountId, now())).toEqual({ patients: 0 });
    expect((await keys.store.family(young.patientId)).every(({ generation }) => generation === 1)).toBe(true);
  });

  test('is told to the audit before it begins and when it is done, once', async () => {
    await rotatePatients(deps(), accountId, now());
    await rotatePatients(deps({ by: 'shell' }), accountId, now());
    expect(await events()).toEqual([
      ['rotation begun', accountId, { of: 'patients', by: 'schedule' }],
      ['rotation done', accountId, { of: 'patients', by: 'schedule', patients: 20 }],
    ]);
  });

  test('never fails those who read and add meanwhile, on this node and on another', async () => {
    const other = await openKeys(folder, now);
    let rotating = true;
    let reads = 0;
    let added = 0;
    const read = async (by: () => KeyChains): Promise<void> => {
      while (rotating) {
        const place = places[reads % places.length] as StudyPlace;
        expect(hex(await by().study('image', place))).toBe(known.get(`image ${place.studyId}`));
        reads += 1;
        await new Promise((next) => setImmediate(next));
      }
    };
    const longRunning = new KeyChains(other.service, other.store, now);
    const add = async (): Promise<void> => {
      while (rotating) {
        const place = newStudy(places[added % places.length] as StudyPlace);
        await longRunning.add([], [place]);
        places.push(place);
        for (const chain of chains) known.set(`${chain} ${place.studyId}`, hex(await longRunning.study(chain, place)));
        added += 1;
        await new Promise((next) => setImmediate(next));
      }
    };
    const meanwhile = Promise.all([
      read(fresh),
      read(() => longRunning),
      read(() => new KeyChains(other.service, other.store, now)),
      add(),
    ]);
    try {
      for (let round = 0; round < 2; round += 1) {
        ms += 1;
        await rotatePatients(deps(), accountId, now());
        await rotateAccount(deps(), accountId);
      }
    } finally {
      rotating = false;
    }
    await meanwhile;
    expect(Math.min(reads, added)).toBeGreaterThan(20);
    expect(await keysOf(fresh(), places)).toEqual(known);
    await other.close();
  });

  describe.each(['before', 'after'] as const)('that crashes %s a change', (when) => {
    test.each([1, 2, 3, 4])('number %i leaves everything readable, and the next rotates the rest', async (at) => {
      const { store, broke } = breaking(at, when);
      const crashed = rotatePatients(deps({ store }), accountId, now()).catch((error: Error) => error.message);
      expect([await crashed, broke()]).toEqual(['crash', true]);
      expect(await keysOf(fresh(), places)).toEqual(known);
      await rotatePatients(deps(), accountId, now());
      expect(await keysOf(fresh(), places)).toEqual(known);
      expect(await keys.store.patients(accountId, now(), undefined, 100)).toEqual([]);
      for (const { patientId } of places)
        for (const { kind, generation } of await keys.store.family(patientId))
          expect(generation).toBe(kind === 'patient' ? 2 : 1);
    });
  });

  test('that is told to stop does so, and goes on another time', async () => {
    const stop = new AbortController();
    const store = new Proxy(keys.store, {
      get: (target, name: keyof KeyStore) => {
        if (name === 'replace') stop.abort();
        return (target[name] as () => unknown).bind(target);
      },
    });
    expect(await rotatePatients(deps({ store, signal: stop.signal }), accountId, now())).toEqual({ patients: 16 });
    expect((await events()).map(([what]) => what)).toEqual(['rotation begun']);
    expect(await rotatePatients(deps(), accountId, now())).toEqual({ patients: 4 });
    expect((await events()).map(([what]) => what)).toEqual(['rotation begun', 'rotation begun', 'rotation done']);
  });
});

describe('the rotation of an account', () => {
  const live = (chain: (typeof chains)[number]) => liveVersions(keys.service, accountKeyName(chain, accountId));

  test('wraps its and its patients’ keys anew, and destroys the old version', async () => {
    const [old] = (await keys.store.family(accountId)).filter(({ chain }) => chain === 'image');
    expect(await rotateAccount(deps(), accountId)).toEqual({ patients: 20, destroyed: 3 });
    expect(await keysOf(fresh(), places)).toEqual(known);
    for (const chain of chains) expect((await live(chain)).map(({ version }) => version)).toEqual([2]);
    const work = keys.service.unwrap(accountKeyName('image', accountId), old?.wrapped as Uint8Array, Buffer.from('x'));
    await expect(work).rejects.toMatchObject({ code: 'KEY_DESTROYED' });
  });

  test.each([1, 2])(
    'that is told to stop after change %i destroys nothing that is needed, and the next finishes it',
    async (at) => {
      const stop = new AbortController();
      let changes = 0;
      const store = new Proxy(keys.store, {
        get: (target, name: keyof KeyStore) => {
          if (name === 'replace') changes += 1;
          if (changes === at) stop.abort();
          return (target[name] as () => unknown).bind(target);
        },
      });
      const done = await rotateAccount(deps({ store, signal: stop.signal }), accountId);
      expect(done).toEqual({ patients: at === 1 ? 0 : 16, destroyed: 0 });
      expect(await keysOf(fresh(), places)).toEqual(known);
      for (const chain of chains) expect(await live(chain)).toHaveLength(2);
      expect((await events()).map(([what]) => what)).toEqual(['rotation begun']);
      expect(await rotateAccount(deps(), accountId)).toEqual({ patients: at === 1 ? 20 : 4, destroyed: 3 });
      expect(await keysOf(fresh(), places)).toEqual(known);
    },
  );

  test('of none that there is, is refused', async () => {
    await expect(rotateAccount(deps(), randomUUID())).rejects.toMatchObject({ code: 'KEY_MISSING' });
    expect(await events()).toEqual([]);
  });

  describe.each(['before', 'after'] as const)('that crashes %s a change', (when) => {
    test.each([1, 2, 3, 4, 5])('number %i leaves everything readable, and the next finishes it', async (at) => {
      const { store } = breaking(at, when);
      await rotateAccount(deps({ store }), accountId).catch(() => {});
      expect(await keysOf(fresh(), places)).toEqual(known);
      const [added] = newPlaces(1) as [StudyPlace];
      await fresh().add([added], [added]);
      await rotateAccount(deps(), accountId);
      expect(await keysOf(fresh(), places)).toEqual(known);
      await fresh().study('image', added);
      for (const chain of chains) expect(await live(chain)).toHaveLength(1);
    });
  });
});

test('the rotation of roots leaves everything readable, and only the new roots', async () => {
  const before = readFileSync(join(folder, 'roots.json'), 'utf8').match(/[0-9a-f]{64}/g) as string[];
  expect(await rotateRoots(deps())).toEqual({ roots: 4 });
  expect(await keysOf(fresh(), places)).toEqual(known);
  const after = readFileSync(join(folder, 'roots.json'), 'utf8').match(/[0-9a-f]{64}/g) as string[];
  expect([after.length, after.filter((key) => before.includes(key))]).toEqual([4, []]);
  expect(await events()).toEqual([
    ['rotation begun', null, { of: 'roots', by: 'schedule' }],
    ['rotation done', null, { of: 'roots', by: 'schedule', roots: 4 }],
  ]);
});
