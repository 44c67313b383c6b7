/**
 * What a search takes against the number of studies: a page by arrival, by date, by name, by Patient ID, by 30 days and by UID, of
 * accounts of 2,000, 20,000 and 1,000,000 studies, each sealed and indexed as a commit does it. In one process, from the query to the opened and
 * compared cells, with PostgreSQL under its policies; HTTPS, the access check and the audit of a request come on top.
 *
 * Prints a line of JSON a figure and writes bench/search-scale.svg. SIZES=2000,20000 is a short form; 1,000,000 take some minutes to
 * plant and 8 GB. Units: milliseconds, the median.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { personWith } from '../packages/server/src/access/actor.testing.ts';
import type { SignedIn } from '../packages/server/src/access/index.ts';
import { newStudy, openKeys } from '../packages/server/src/keys/index.ts';
import { openDatabases } from '../packages/server/src/platform/db/databases.ts';
import { watchedPostgres } from '../packages/server/src/platform/db/watched-postgres.testing.ts';
import { marksOfDates } from '../packages/server/src/studies/date-marks.ts';
import { marksOfName } from '../packages/server/src/studies/name-marks.ts';
import { matchesOfAll, pageOf } from '../packages/server/src/studies/search-matches.ts';
import { findByDate, type Key, type StudiesDeps } from '../packages/server/src/studies/search-studies.ts';
import { SearchTokens } from '../packages/server/src/studies/search-tokens.ts';
import { StudyCells } from '../packages/server/src/studies/study-cells.ts';
import { median, print } from './measure.ts';
import { plotOf } from './plot.ts';

const sizes = (process.env.SIZES ?? '2000,20000,1000000').split(',').map(Number);
const rounds = Number(process.env.ROUNDS ?? 40);
const accountId = '00000000-0000-4000-8000-000000000001';
const namespaceId = '00000000-0000-4000-8000-000000000002';
const batch = 1000;

const families = ['Smith', 'Weber', 'Haddad', 'Jones', 'Moreau', 'Nowak', 'Okonkwo', 'Rossi', 'Svensson', 'Tanaka'];
const nameOf = (at: number): string => `${families[at % 10]}${at % 40}^Person${at % 977} ${at}`;
const dateOf = (at: number): string =>
  new Date(Date.UTC(2025, 11, 31 - ((at * 7) % 7309))).toISOString().slice(0, 10).replaceAll('-', '');
const uidOf = (at: number): string => `1.2.826.0.1.3680043.10.1453.${at}`;

type Place = ReturnType<typeof newStudy>;

/** All under the keys of one study: how long those of a million take to make is measured elsewhere. */
async function plant(deps: StudiesDeps, shared: Place, studies: number): Promise<void> {
  const { database, chains } = deps;
  const tokens = await SearchTokens.of(chains, accountId);
  const cells = new StudyCells(chains);
  await sql`insert into accounts (id, name) values (${accountId}, 'A')`.execute(database);
  await sql`insert into namespaces (id, account_id) values (${namespaceId}, ${accountId})`.execute(database);
  await sql`insert into patients (id, account_id, cell) values (${shared.patientId}, ${accountId}, '\\x00')`.execute(
    database,
  );
  await sql`drop index study_tokens_tokens`.execute(database);
  for (let from = 0; from < studies; from += batch) {
    const rows = [];
    for (let at = from; at < Math.min(studies, from + batch); at += 1) {
      const studyId = `00000004-0000-4000-8000-${at.toString(16).padStart(12, '0')}`;
      const attributes = {
        '00100010': { vr: 'PN', Value: [{ Alphabetic: nameOf(at) }] },
        '00100020': { vr: 'LO', Value: [`P-${at}`] },
        '00080020': { vr: 'DA', Value: [dateOf(at)] },
        '0020000D': { vr: 'UI', Value: [uidOf(at)] },
      };
      const own = [
        ...marksOfName(nameOf(at)).map((mark) => tokens.token('name', mark)),
        ...marksOfDates([dateOf(at)]).map((mark) => tokens.token('date', mark)),
        tokens.token('patientId', `P-${at}`),
        tokens.token('studyUid', uidOf(at)),
      ];
      const cell = await cells.sealStudy({ ...shared, studyId }, { version: 1, attributes, others: [] });
      rows.push({ id: studyId, at, cell: Buffer.from(cell).toString('hex'), tokens: `{${own.join(',')}}` });
    }
    const planted = sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as one(id uuid, at int, cell text, tokens text)`;
    await sql`insert into studies (id, account_id, namespace_id, patient_id, key_id, cell, modalities, series_count, instance_count, bytes, created_at, updated_at)
      select id, ${accountId}, ${namespaceId}, ${shared.patientId}, ${shared.keyId}, decode(cell, 'hex'), '{CT}', 1, 20, 1000000,
        timestamptz '2020-01-01' + at * interval '1 second', now() from ${planted}`.execute(database);
    await sql`insert into study_tokens select id, tokens::bigint[] from ${planted}`.execute(database);
  }
  await sql`create index study_tokens_tokens on study_tokens using gin (tokens) with (fastupdate = off)`.execute(
    database,
  );
  await sql`vacuum analyze`.execute(database);
}

const key = (tag: string, vr: string, value: string): Key[] => [{ tag, vr, value }];
const days = (at: number): string => {
  const from = new Date(Date.UTC(2008, at % 200, 1 + (at % 28)));
  const text = (ms: number): string => new Date(ms).toISOString().slice(0, 10).replaceAll('-', '');
  return `${text(from.getTime())}-${text(from.getTime() + 29 * 86_400_000)}`;
};

/** What is asked in the n-th round, of so many studies. */
const queries: Record<string, (at: number, studies: number) => { keys: Key[]; order?: 'date' }> = {
  'page of 25': () => ({ keys: [] }),
  'page of 25 by date': () => ({ keys: [], order: 'date' }),
  'name wildcard, 25': (at) => ({ keys: key('00100010', 'PN', `${families[at % 10]}${at % 40}*`) }),
  'name infix, 25': (at) => ({ keys: key('00100010', 'PN', `*${families[at % 10]!.slice(1, 5)}*`) }),
  'rare name': (at, studies) => ({ keys: key('00100010', 'PN', nameOf((at * 7919) % studies)) }),
  PatientID: (at, studies) => ({ keys: key('00100020', 'LO', `P-${(at * 7919) % studies}`) }),
  '30 days, 25': (at) => ({ keys: key('00080020', 'DA', days(at)) }),
  'a year by date, 25': (at) => ({
    keys: key('00080020', 'DA', `${2007 + (at % 15)}0101-${2007 + (at % 15)}1231`),
    order: 'date',
  }),
  StudyInstanceUID: (at, studies) => ({ keys: key('0020000D', 'UI', uidOf((at * 7919) % studies)) }),
};

const limit = 25;

/** As a request asks for it: by arrival one more than a page, which tells whether there is a next one. */
async function searched(deps: StudiesDeps, actor: SignedIn, { keys, order }: ReturnType<(typeof queries)[string]>) {
  if (order) return (await findByDate(deps, actor, { keys, limit, offset: 0 })).found.length;
  const asked = { keys: keys.map(({ tag, vr, value }) => ({ path: [tag], vr, value })), how: {}, likely: limit + 1 };
  const page = { limit, offset: 0, place: { given: 0 }, counted: false };
  return (await pageOf(matchesOfAll(deps, actor, asked, 'study'), page)).found.length;
}

async function measure(studies: number): Promise<Map<string, number>> {
  const folder = await mkdtemp(join(tmpdir(), 'sx-scale-'));
  const watched = await watchedPostgres();
  const keys = await openKeys(join(folder, 'keys'), () => new Date());
  const figures = new Map<string, number>();
  let closing: { close(): Promise<void> } | undefined;
  try {
    await keys.chains.addAccount(accountId);
    const shared = newStudy({ accountId, patientId: '00000000-0000-4000-8000-000000000003' });
    await keys.chains.add([shared], [shared]);
    const all: StudiesDeps = {
      database: watched.database,
      chains: keys.chains,
      publicUrl: '',
      reader: undefined as never,
    };
    const begun = performance.now();
    await plant(all, shared, studies);
    print(`${studies} studies planted`, (performance.now() - begun) / 1000, 's', 1);
    const databases = openDatabases(watched.connection, { bypasses: true }, () => {});
    closing = databases;
    const deps = { ...all, database: databases.of(accountId) };
    const actor = personWith('administrator', { accountId, namespaceId });
    for (const [name, query] of Object.entries(queries)) {
      const took: number[] = [];
      let found = 0;
      for (let round = 0; round < rounds; round += 1) {
        const before = performance.now();
        found += await searched(deps, actor, query(round, studies));
        took.push(performance.now() - before);
      }
      if (found === 0) throw new Error(`${name} of ${studies} finds nothing: it measures nothing`);
      figures.set(name, median(took.slice(Math.floor(rounds / 8))));
      print(`${name}, of ${studies} studies`, figures.get(name)!, 'ms', rounds);
    }
  } finally {
    await closing?.close();
    await keys.close();
    await watched.stop();
    await rm(folder, { recursive: true, force: true });
  }
  return figures;
}

const measured = new Map<number, Map<string, number>>();
for (const size of sizes) measured.set(size, await measure(size));
const lines = Object.keys(queries).map((name) => ({
  name,
  points: sizes.map((size) => [size, measured.get(size)?.get(name) ?? 0] as const),
}));
await writeFile(
  new URL('./search-scale.svg', import.meta.url),
  plotOf({ title: 'Milliseconds of a search, by number of studies', lines }),
);
