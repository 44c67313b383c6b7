import { VaultError } from '@symbolon/vault';
import { expect, test } from 'vitest';
import type { SignedIn } from '../access/index.ts';
import { KeysError } from '../keys/index.ts';
import type { Database } from '../platform/db/database.ts';
import type { Audit, AuditEntry } from './record.ts';
import { Searches } from './searches.ts';

const person = { kind: 'person', by: 'token', credentialId: 't', accountId: 'a', address: '::1' } as SignedIn;

/** When all that was begun and waits for nothing is done. */
const soon = (): Promise<void> => new Promise((done) => void setImmediate(done));

function searching() {
  let ms = 0;
  const written: (readonly AuditEntry[])[] = [];
  const fails: { by?: Error } = {};
  const warnings: unknown[] = [];
  let held: Promise<void> | undefined;
  /** What is recorded from now on is not durable before the answer is called. */
  const hold = (): (() => void) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    held = promise;
    return resolve;
  };
  const holdNoMore = (): void => {
    held = undefined;
  };
  const audit = {
    now: () => new Date(ms),
    record: async (_: unknown, entries: readonly AuditEntry[]) => {
      if (fails.by) throw fails.by;
      written.push([...entries]);
      await held;
    },
  } as unknown as Audit;
  const searches = new Searches(audit, {} as Database, (error) => warnings.push(error));
  const search = (what: string, { actor = person, shown = ['s'] }: { actor?: SignedIn; shown?: string[] } = {}) =>
    searches.record(actor, { shown, detail: { what } });
  const whats = () => written.map((lot) => lot.map(({ detail }) => (detail as { what: string } | undefined)?.what));
  return { searches, search, hold, holdNoMore, written, whats, fails, warnings, pass: (more: number) => (ms += more) };
}

test('searches of half a minute are one opening before the first answer, and one record each that names it and has its own time', async () => {
  const { searches, search, written, pass } = searching();
  await search('a', { shown: ['1', '2'] });
  expect(written).toHaveLength(1);
  pass(4000);
  await search('b', { shown: [] });
  expect(written).toHaveLength(1);
  pass(20_000);
  await searches.flush();
  const [[opening] = [], details] = written;
  expect([opening?.detail, opening?.shown, opening?.study, opening?.at?.getTime()]).toEqual([
    undefined,
    undefined,
    undefined,
    0,
  ]);
  expect(details?.map(({ at, shown, detail }) => [at?.getTime(), shown, detail])).toEqual([
    [1, ['1', '2'], { what: 'a', opening: opening?.id }],
    [4000, [], { what: 'b', opening: opening?.id }],
  ]);
  await search('c');
  await searches.flush();
  expect(written).toHaveLength(4);
  expect(written[2]?.[0]?.id).not.toBe(opening?.id);
});

test('searches that begin at once wait for the same opening, and none of them is answered before it', async () => {
  const { search, written, hold } = searching();
  const durable = hold();
  let answered = 0;
  const all = ['a', 'b', 'c'].map((what) => search(what).then(() => (answered += 1)));
  await soon();
  expect([written.length, answered]).toEqual([1, 0]);
  durable();
  await Promise.all(all);
  expect([written.length, answered]).toEqual([1, 3]);
});

test('another credential, another address and another account of the same session have openings of their own', async () => {
  const { searches, search, written } = searching();
  await search('a');
  await search('b', { actor: { ...person, credentialId: 'u' } });
  await search('c', { actor: { ...person, address: '::2' } });
  await search('d', { actor: { ...person, accountId: 'b' } });
  expect(written).toHaveLength(4);
  await searches.flush();
  const ids = new Set(written.slice(4).map(([search]) => (search!.detail as { opening: string }).opening));
  expect(ids).toEqual(new Set(written.slice(0, 4).map(([opening]) => opening?.id)));
});

test('a search whose opening could not be recorded is an error and leaves nothing; the next one opens anew', async () => {
  const { searches, search, whats, fails } = searching();
  fails.by = new Error('away');
  await expect(Promise.all([search('a'), search('b')])).rejects.toThrow('away');
  fails.by = undefined as never;
  await search('c');
  await searches.flush();
  expect(whats()).toEqual([[undefined], ['c']]);
});

test('searches that the database did not take are written with the next, and those of an account whose keys are gone are left', async () => {
  const { searches, search, whats, fails, warnings } = searching();
  await search('a');
  fails.by = new Error('away');
  await searches.flush();
  expect(warnings).toHaveLength(1);
  fails.by = undefined as never;
  await searches.flush();
  expect(whats()).toEqual([[undefined], ['a']]);
  await search('b');
  fails.by = new KeysError('KEY_MISSING', 'gone');
  await searches.flush();
  fails.by = undefined as never;
  await searches.flush();
  expect([whats().length, warnings.length]).toEqual([3, 1]);
});

test('searches of an account whose key does not open are told and left: they must not keep all others waiting', async () => {
  const { searches, search, whats, fails, warnings } = searching();
  for (const error of [new KeysError('KEY_DESTROYED', 'gone'), new VaultError('VAULT_TAG_MISMATCH', 'damaged')]) {
    await search('a');
    fails.by = error;
    await searches.flush();
    fails.by = undefined as never;
    await searches.flush();
  }
  expect([whats(), warnings.length]).toEqual([[[undefined], [undefined]], 2]);
});

test('an opening speaks of half a minute, also where it is closed later, since what was before is still being written', async () => {
  const { searches, search, hold, holdNoMore, written, whats, pass } = searching();
  await search('before');
  const goOn = hold();
  const writing = searches.flush();
  await soon();
  holdNoMore();
  await search('a');
  pass(29_999);
  await search('b');
  pass(1);
  await search('c');
  goOn();
  await writing;
  await searches.flush();
  expect(whats()).toEqual([[undefined], ['before'], [undefined], [undefined], ['a', 'b'], ['c']]);
  const [first, second] = [written[4], written[5]].map((lot) => (lot![0]!.detail as { opening: string }).opening);
  expect([first, second]).toEqual([written[2]?.[0]?.id, written[3]?.[0]?.id]);
});

test('many searches, and few that showed very many studies, are written before their half minute is over', async () => {
  const { search, written } = searching();
  for (let at = 0; at < 199; at += 1) await search('a');
  expect(written).toHaveLength(1);
  await search('last');
  await soon();
  expect(written.map((lot) => lot.length)).toEqual([1, 200]);
  const shown = Array.from({ length: 1000 }, (_, at) => `${at}`);
  for (let at = 0; at < 10; at += 1) await search('a', { shown });
  await soon();
  expect(written.map((lot) => lot.length)).toEqual([1, 200, 1, 10]);
});

test('however many ask for a writing while one is under way, the next is one, and no window is closed by another', async () => {
  const { searches, search, hold, holdNoMore, whats } = searching();
  await search('a');
  const goOn = hold();
  const first = searches.flush();
  await soon();
  holdNoMore();
  await search('b');
  const all = Array.from({ length: 100 }, () => searches.flush());
  goOn();
  await first;
  await all[0];
  await search('c');
  await Promise.all(all);
  await search('d');
  await soon();
  expect(whats()).toEqual([[undefined], ['a'], [undefined], ['b'], [undefined]]);
  await searches.flush();
  expect(whats().at(-1)).toEqual(['c', 'd']);
});

test('while none are taken a thousand wait, and who searches then is refused; when they are, all are there', async () => {
  const { searches, search, whats, fails } = searching();
  for (let at = 0; at < 1000; at += 1) {
    // The opening of each window is taken, the searches are not.
    fails.by = undefined as never;
    const one = search(`${at}`);
    fails.by = new Error('away');
    await one;
  }
  // By what stands in the way, so that the edge says what is away.
  await expect(search('one more')).rejects.toThrow('away');
  fails.by = undefined as never;
  await searches.flush();
  const all = whats()
    .flat()
    .filter((what) => what !== undefined);
  expect(new Set(all).size).toBe(1000);
  expect(all).toHaveLength(1000);
  await search('and on');
});
