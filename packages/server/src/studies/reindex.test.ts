import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type ConflictSite, conflictSite, fileOf, sha256Of } from '../conflicts/conflict-site.testing.ts';
import { firstValue } from './attributes.ts';
import type { SearchKey } from './key-matcher.ts';
import { beginReindex, type ReindexDeps, reindexDue } from './reindex.ts';
import { indexState } from './search-index.store.ts';
import { findByDate } from './search-studies.ts';
import { followSearchIndexes, SearchTokens } from './search-tokens.ts';
import { type WalkedStudy, walkStudies } from './study-walk.ts';

let site: ConflictSite;
let deps: ReindexDeps;
let left: string[] = [];
beforeAll(async () => {
  site = await conflictSite();
  followSearchIndexes(site.deps.chains, site.deps.database, 0);
  deps = {
    ...site.deps,
    restSeconds: 0,
    rest: async () => {},
    left: (studyId) => left.push(studyId),
  };
  // More than one handful.
  for (let seed = 7100; seed < 7130; seed += 1) await sent(seed);
});
afterAll(() => site?.stop());
beforeEach(() => {
  left = [];
});

const tables = ['patient_tokens', 'study_tokens', 'series_tokens', 'pack_tokens'] as const;
const account = () => site.actor.accountId;
const begin = () => site.deps.database.transaction().execute((trx) => beginReindex(trx, account()));
const state = () => indexState(site.deps.database, account());
const never = () => false;

type Sent = {
  readonly uid: string;
  readonly id: string;
  readonly name: string;
  readonly files: Uint8Array<ArrayBuffer>[];
};
const studies: Sent[] = [];

/** What a search finds, newest arrival first. */
async function found(keys: SearchKey[]): Promise<WalkedStudy[]> {
  const all: WalkedStudy[] = [];
  for await (const study of walkStudies(site.deps, site.actor, { keys, how: {}, likely: 100 })) all.push(study);
  return all;
}

/** A study of one image, and what it must be found by from now on. */
async function sent(seed: number): Promise<void> {
  const files = [fileOf(seed, { slice: 0, version: 0 })];
  await site.send(files);
  const { rows } = await sql<{ id: string }>`select id from studies order by created_at desc limit 1`.execute(
    site.deps.database,
  );
  const [study] = await found([]);
  expect(study?.row.id).toBe(rows[0]?.id);
  const { attributes } = study!.cell;
  const name = (attributes['00100010']!.Value![0] as { Alphabetic: string }).Alphabetic;
  studies.push({ uid: firstValue(attributes, '0020000D'), id: firstValue(attributes, '00100020'), name, files });
}

async function tokensOf(table: (typeof tables)[number]): Promise<Map<string, Set<bigint>>> {
  const { rows } = await sql<{
    id: string;
    tokens: bigint[];
  }>`select ${sql.ref(table.replace('_tokens', '_id').replace('studies', 'study'))}::text as id, tokens from ${sql.table(table)}`.execute(
    site.deps.database,
  );
  return new Map(rows.map(({ id, tokens }) => [id, new Set(tokens)]));
}

/** Every study by its UID, its patient, and a beginning of the name; every file by its digest, since it is held when it comes again. */
async function allFound(some: readonly Sent[] = studies): Promise<void> {
  for (const { uid, id, name } of some) {
    for (const [tag, vr, value] of [
      ['0020000D', 'UI', uid],
      ['00100020', 'LO', id],
      ['00100010', 'PN', `${name.slice(0, 6)}*`],
    ] as const) {
      const some = await found([{ path: [tag], vr, value }]);
      expect(some.map(({ cell }) => firstValue(cell.attributes, '0020000D'))).toContain(uid);
    }
  }
  const dated = await found([{ path: ['00080020'], vr: 'DA', value: '19000101-' }]);
  expect(dated.length).toBe(studies.length);
}

async function allHeld(some: readonly Sent[] = studies): Promise<void> {
  const outcomes = await site.send(some.flatMap(({ files }) => files));
  expect([...outcomes.values()].map(({ kind }) => kind)).toEqual(
    some.flatMap(({ files }) => files.map(() => 'already held')),
  );
  for (const { files } of some)
    for (const file of files) expect([...outcomes.values()].some((one) => one.sha256 === sha256Of(file))).toBe(true);
}

test('a rotation makes every token anew under new keys; of those before none stays, and everything is found as before', async () => {
  const before = await Promise.all(tables.map(tokensOf));
  await begin();
  expect(await state()).toMatchObject({ phase: 'adding', asked: 1, written: [1, 2] });
  // Once more is no second one, and says so.
  await expect(begin()).rejects.toMatchObject({
    code: 'REINDEX_UNDER_WAY',
    message: expect.stringMatching(/ is being made anew since \d{4}-\d\d-\d\d \d\d:\d\d UTC\. Nothing was begun/),
  });
  expect(await state()).toMatchObject({ phase: 'adding', asked: 1, written: [1, 2] });
  await reindexDue(deps, never);
  expect(await state()).toMatchObject({ phase: 'whole', asked: 2, written: [2], done: studies.length, damaged: 0 });
  const after = await Promise.all(tables.map(tokensOf));
  for (const [at, table] of tables.entries()) {
    expect([...after[at]!.keys()].sort(), table).toEqual([...before[at]!.keys()].sort());
    const old = new Set([...before[at]!.values()].flatMap((some) => [...some]));
    for (const [id, some] of after[at]!) {
      expect(some.size, table).toBe(before[at]!.get(id)!.size);
      expect(
        [...some].filter((token) => old.has(token)),
        table,
      ).toEqual([]);
    }
  }
  await allFound();
  await allHeld();
  expect(left).toEqual([]);
});

test('rows that somebody deleted or emptied come back', async () => {
  const { database } = site.deps;
  await sql`delete from study_tokens where study_id in (select id from studies order by id limit 9)`.execute(database);
  await sql`update series_tokens set tokens = '{}' where series_id in (select id from series order by id limit 9)`.execute(
    database,
  );
  await sql`delete from patient_tokens where patient_id in (select id from patients order by id limit 9)`.execute(
    database,
  );
  await sql`delete from pack_tokens where pack_id in (select id from packs order by id limit 9)`.execute(database);
  await expect(allFound()).rejects.toThrow();
  await begin();
  await reindexDue(deps, never);
  await allFound();
  await allHeld();
  for (const table of tables) for (const some of (await tokensOf(table)).values()) expect(some.size).toBeGreaterThan(0);
});

test('ended after every handful and gone on with, while studies come and change: at no moment is anything missed or held twice', async () => {
  await begin();
  const phases: string[] = [];
  let seed = 7200;
  let stop = false;
  const interrupted: ReindexDeps = {
    ...deps,
    rest: async () => {
      phases.push((await state()).phase);
      await sent(seed++);
      // One more image for a study, which names another patient: it is found by either from now on.
      if (seed < 7203) {
        const extended = studies[seed - 7201]!;
        const file = fileOf(7100 + seed - 7201, { slice: 1, version: 2 });
        await site.send([file]);
        extended.files.push(file);
        studies[seed - 7201] = { ...extended, id: 'O-2' };
      }
      await allFound();
      await allHeld();
      stop = true;
    },
  };
  for (let rounds = 0; (await state()).phase !== 'whole'; rounds += 1) {
    expect(rounds).toBeLessThan(50);
    stop = false;
    await reindexDue(interrupted, () => stop);
  }
  expect(phases.filter((phase) => phase === 'adding').length).toBeGreaterThan(1);
  expect(phases.filter((phase) => phase === 'removing').length).toBeGreaterThan(1);
  await allFound();
  const { asked } = await state();
  const tokens = await SearchTokens.of(site.deps.chains, account());
  const stale = new Set(
    studies.flatMap(({ uid }) =>
      Array.from({ length: asked - 1 }, (_, at) => tokens.only(at + 1).written('studyUid', uid)[0]!),
    ),
  );
  for (const some of (await tokensOf('study_tokens')).values())
    expect([...some].filter((token) => stale.has(token))).toEqual([]);
});

test('what is asked for changes only when every row has it; what it was stays for searches that began before', async () => {
  const { asked } = await state();
  const early = await SearchTokens.of(site.deps.chains, account());
  await begin();
  await reindexDue({ ...deps, restSeconds: 600 }, never);
  expect(await state()).toMatchObject({ phase: 'resting', asked: asked + 1, written: [asked, asked + 1] });
  const now = await SearchTokens.of(site.deps.chains, account());
  for (const tokens of [early, now]) {
    for (const { uid } of studies) {
      const { rows } =
        await sql`select from study_tokens where tokens @> array[${tokens.token('studyUid', uid)}::bigint]`.execute(
          site.deps.database,
        );
      expect(rows).toHaveLength(1);
    }
  }
  await expect(begin()).rejects.toThrow(/ and what was before is kept until \d{4}-\d\d-\d\d \d\d:\d\d UTC\. /);
  // Nothing goes on before its time.
  await reindexDue({ ...deps, restSeconds: 600 }, never);
  expect((await state()).phase).toBe('resting');
  await reindexDue(deps, never);
  expect((await state()).phase).toBe('whole');
});

test('a phase begins when all who write tokens are done, and who comes then writes by it', async () => {
  const { database, chains } = site.deps;
  const order: string[] = [];
  const tokens = await SearchTokens.of(chains, account());
  const { asked } = await state();
  let begun: Promise<unknown> = Promise.resolve();
  await database.transaction().execute(async (trx) => {
    expect(await tokens.hold(trx)).toMatchObject({ written: [asked] });
    begun = begin().then(() => order.push('begun'));
    for (let waiting = false; !waiting; ) {
      const { rows } = await sql`select from pg_locks where locktype = 'advisory' and not granted`.execute(trx);
      waiting = rows.length > 0;
    }
    order.push('written');
  });
  await begun;
  expect(order).toEqual(['written', 'begun']);
  await database.transaction().execute(async (trx) => {
    expect(await tokens.hold(trx)).toMatchObject({ written: [asked, asked + 1] });
  });
  expect(tokens.written('studyUid', '1.2.3')).toHaveLength(2);
  await reindexDue(deps, never);
});

test('an account that an older version indexed is indexed anew by itself; until then its dates are sorted as before', async () => {
  const { database } = site.deps;
  const tokens = await SearchTokens.of(site.deps.chains, account());
  const undated = tokens.token('date', 'undated');
  await sql`update search_indexes set version = 1`.execute(database);
  const inOrder = async () =>
    (await findByDate(site.deps, site.actor, { keys: [], limit: 1000, offset: 0 })).found.length;
  expect(await inOrder()).toBe(studies.length);
  await reindexDue(deps, never);
  expect(await state()).toMatchObject({ phase: 'whole', version: 2 });
  expect(await inOrder()).toBe(studies.length);
  const { rows } = await sql<{
    n: number;
  }>`select count(*) as n from study_tokens where tokens @> array[${undated}::bigint]`.execute(database);
  expect(rows[0]?.n).toBe(0);
});

test('a study that does not open is told and keeps its tokens; all others are done', async () => {
  const { database } = site.deps;
  const { rows } = await sql<{ id: string; cell: Buffer }>`select id, cell from studies order by id limit 1`.execute(
    database,
  );
  const [{ id, cell }] = rows as [{ id: string; cell: Buffer }];
  await sql`update studies set cell = ${Buffer.alloc(cell.length)} where id = ${id}`.execute(database);
  const before = (await tokensOf('study_tokens')).get(id);
  await begin();
  await reindexDue(deps, never);
  expect(new Set(left)).toEqual(new Set([id]));
  expect(await state()).toMatchObject({ phase: 'whole', damaged: 2, done: studies.length });
  expect((await tokensOf('study_tokens')).get(id)).toEqual(before);
  await sql`update studies set cell = ${cell} where id = ${id}`.execute(database);
  await begin();
  await reindexDue(deps, never);
  await allFound();
});

test('an account whose keys are away keeps no other from its turn, and is told', async () => {
  const { database } = site.deps;
  const other = randomUUID();
  await sql`insert into accounts (id, name) values (${other}, 'B')`.execute(database);
  await sql`insert into search_indexes (account_id, version, phase, begun_at) values (${other}, 2, 'removing', '2000-01-01')`.execute(
    database,
  );
  await begin();
  await expect(reindexDue(deps, never)).rejects.toMatchObject({ code: 'KEY_MISSING' });
  expect((await state()).phase).toBe('whole');
  await sql`delete from accounts where id = ${other}`.execute(database);
});

test('each rotation is in the audit when it is done', async () => {
  const { rows } = await sql<{
    outcome: string;
  }>`select outcome from audit_records where action = 'key.rotate' and account_id = ${account()} order by at`.execute(
    site.deps.database,
  );
  expect(rows.map(({ outcome }) => outcome)).toEqual([
    'success',
    'success',
    'success',
    'success',
    'success',
    'success',
    'failure',
    'success',
    'success',
  ]);
});

test('who stores learns in their own transaction by which keys: nobody waits for a second connection while they hold one', async () => {
  const { chains, database } = site.deps;
  // Whoever asks the pool fails.
  followSearchIndexes(chains, {} as never, 0);
  try {
    await allHeld(studies.slice(0, 1));
  } finally {
    followSearchIndexes(chains, database, 0);
  }
});
