import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { worklistQuery } from '@symbolon/contract';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { personWith } from '../access/actor.testing.ts';
import { Audit, Looks } from '../audit/index.ts';
import { type Keys, newStudy, openKeys } from '../keys/index.ts';
import { type WatchedPostgres, watchedPostgres } from '../platform/db/watched-postgres.testing.ts';
import { marksOfDate } from './date-marks.ts';
import { marksOfName } from './name-marks.ts';
import { SearchTokens } from './search-tokens.ts';
import { addPatients, addStudies } from './study.store.ts';
import { StudyCells } from './study-cells.ts';
import { type WorklistDeps, worklist } from './worklist.ts';

/** More than one request opens: of the drill in earnest, else of a limit that is met sooner. */
const drill = process.env.SYMBOLON_DRILL === '1';
const studies = drill ? 20_000 : 1500;
const most = drill ? 10_000 : 1000;
const accountId = '00000000-0000-4000-8000-000000000001';
const namespaceId = '00000000-0000-4000-8000-000000000002';
const actor = personWith('administrator', { accountId, namespaceId });

let watched: WatchedPostgres;
let keys: Keys;
let folder: string;
let deps: WorklistDeps;

const families = ['Muster', 'Nowak', 'Okonkwo', 'Rossi', 'Svensson', '山田'];
const dateOf = (at: number): string =>
  new Date(Date.UTC(2000, 0, 1 + (at % 9000))).toISOString().slice(0, 10).replaceAll('-', '');

/** Real rows, sealed as a commit seals them; the n-th names patient n. */
async function plant(): Promise<void> {
  const { database } = watched;
  await sql`insert into accounts (id, name) values (${accountId}, 'A')`.execute(database);
  await sql`insert into namespaces (id, account_id) values (${namespaceId}, ${accountId})`.execute(database);
  await keys.chains.addAccount(accountId);
  const tokens = await SearchTokens.of(keys.chains, accountId);
  const cells = new StudyCells(keys.chains);
  for (let from = 0; from < studies; from += 500) {
    const places = Array.from({ length: Math.min(500, studies - from) }, () =>
      newStudy({ accountId, patientId: randomUUID() }),
    );
    await keys.chains.add(places, places);
    await database.transaction().execute(async (trx) => {
      for (const [at, place] of places.entries()) {
        const number = from + at;
        const name = `${families[number % families.length]}^Person ${number}`;
        const attributes = {
          '00100010': { vr: 'PN', Value: [{ Alphabetic: name }] },
          '00100020': { vr: 'LO', Value: [`P-${number}`] },
          '00080020': { vr: 'DA', Value: [dateOf(number)] },
          '00080050': { vr: 'SH', Value: [`A-${number}`] },
        };
        const of = [
          ...marksOfName(name).map((mark) => tokens.token('name', mark)),
          ...marksOfDate(dateOf(number)).map((mark) => tokens.token('date', mark)),
          tokens.token('patientId', `P-${number}`),
          tokens.token('accession', `A-${number}`),
        ];
        const { patientId, studyId: id } = place;
        await addPatients(trx, [{ id: patientId, accountId, cell: new Uint8Array(1), tokens: [] }]);
        const cell = await cells.sealStudy(place, { version: 1, attributes, others: [] });
        const misidentified = false;
        await addStudies(trx, [
          { id, accountId, namespaceId, patientId, cell, misidentified, tokens: [...new Set(of)] },
        ]);
      }
    });
  }
  await sql`update studies set instance_count = 1, series_count = 1, modalities = '{CT}'`.execute(database);
  await sql`analyze`.execute(database);
}

beforeAll(async () => {
  watched = await watchedPostgres();
  folder = await mkdtemp(join(tmpdir(), 'sx-worklist-'));
  keys = await openKeys(join(folder, 'keys'), () => new Date());
  await plant();
  const now = () => new Date();
  watched = watched.asAccount(accountId);
  const looks = new Looks(new Audit(keys.chains, now), watched.database, now);
  deps = { database: watched.database, chains: keys.chains, looks, publicUrl: '', reader: undefined as never };
}, 300_000);
afterAll(async () => {
  await keys.close();
  await watched.stop();
  await rm(folder, { recursive: true, force: true });
});

async function asked(query: object) {
  const before = performance.now();
  const answer = await worklist(deps, actor, worklistQuery.parse(query), most);
  const ms = performance.now() - before;
  if (drill) console.log(JSON.stringify(query), answer.studies.length, Math.round(ms), 'ms');
  return answer;
}

test('a page by arrival opens no more than it shows, however many there are', async () => {
  const { total, warning, studies: rows } = await asked({});
  expect([total, warning, rows.length]).toEqual([null, null, 25]);
  const plans = await watched.plansOf(() => worklist(deps, actor, worklistQuery.parse({ page: 7 })));
  expect(plans[0]).toMatch(/Limit.*rows=25/);
});

test('a name, an id and a day find theirs among all, exactly and with their number', async () => {
  const last = studies - 1;
  expect(await asked({ name: `person ${last}` })).toMatchObject({ total: 1, warning: null });
  expect((await asked({ id: `A-${last}` })).studies.map(({ patient }) => patient.id)).toEqual([`P-${last}`]);
  const { total } = await asked({ name: 'ross', from: '2001-01-01', to: '2001-12-31' });
  const expected = Array.from({ length: studies }, (_, at) => at).filter(
    (at) => families[at % families.length] === 'Rossi' && dateOf(at).startsWith('2001'),
  );
  expect(total).toBe(expected.length);
});

test('sorted by what is sealed: the newest of them, and a word that there are more', async () => {
  for (const query of [{ sort: 'date' }, { sort: 'name', order: 'asc' }]) {
    const { total, warning, studies: rows } = await asked(query);
    expect(total).toBeNull();
    expect(warning).toContain(most.toLocaleString('en'));
    expect(rows).toHaveLength(25);
  }
  const { studies: byDate } = await asked({ sort: 'date', order: 'asc', page: 2 });
  const dates = byDate.map(({ date }) => date ?? '');
  expect(dates).toEqual(dates.toSorted());
});

test('one family among all can be sorted whole, without a warning', async () => {
  const { total, warning } = await asked({ name: 'svens', sort: 'date' });
  expect([total, warning]).toEqual([Math.ceil((studies - 4) / 6), null]);
});
