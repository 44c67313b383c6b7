import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { worklistQuery } from '@symbolon/contract';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { personWith } from '../access/actor.testing.ts';
import { Audit, Looks } from '../audit/index.ts';
import { type Keys, newStudy, openKeys, type StudyPlace } from '../keys/index.ts';
import { type WatchedPostgres, watchedPostgres } from '../platform/db/watched-postgres.testing.ts';
import { firstValue } from './attributes.ts';
import { marksOfDates } from './date-marks.ts';
import { marksOfName } from './name-marks.ts';
import { findByDate, type Key } from './search-studies.ts';
import { SearchTokens } from './search-tokens.ts';
import { addPatients, addStudies } from './study.store.ts';
import { StudyCells } from './study-cells.ts';
import { type WalkEnd, walkStudies } from './study-walk.ts';
import { type WorklistDeps, worklist } from './worklist.ts';

/** More than one request opens: of the drill in earnest, else of a limit that is met sooner. */
const drill = process.env.SYMBOLON_DRILL === '1';
const studies = drill ? 20_000 : 1500;
const most = drill ? 10_000 : 1000;
const accountId = '00000000-0000-4000-8000-000000000001';
const namespaceId = '00000000-0000-4000-8000-000000000002';
const elsewhere = '00000000-0000-4000-8000-000000000003';
const actor = personWith('administrator', { accountId, namespaceId });

let watched: WatchedPostgres;
let keys: Keys;
let folder: string;
let deps: WorklistDeps;

const families = ['Muster', 'Nowak', 'Okonkwo', 'Rossi', 'Svensson', '山田'];
/** As devices write them, too: each with the day that it stands for. */
const oddDates = [
  ['', undefined],
  ['unknown', undefined],
  ['00010101', '00010101'],
  ['17990704', '17990704'],
  ['99991231', '99991231'],
  ['2003', '20030101'],
  ['200305', '20030501'],
  ['20031345', '20040214'],
  ['2004.02.14', '20040214'],
] as const;
/** One in nine is of one day, one in twenty-three is odd. */
const datesOf = (at: number): readonly [string, string | undefined] => {
  if (at % 23 === 22) return oddDates[at % oddDates.length] as (typeof oddDates)[number];
  if (at % 9 === 0) return ['20100615', '20100615'];
  const day = new Date(Date.UTC(2000, 0, 1 + ((at * 7) % 9000))).toISOString().slice(0, 10).replaceAll('-', '');
  return [day, day];
};
const dateOf = (at: number): string => datesOf(at)[0];
const timeOf = (at: number): string => `${String((at * 5) % 24).padStart(2, '0')}${String(at % 60).padStart(2, '0')}`;

/** Real rows, sealed as a commit seals them; the n-th names patient n. */
async function plant(): Promise<void> {
  const { database } = watched;
  await sql`insert into accounts (id, name) values (${accountId}, 'A')`.execute(database);
  await sql`insert into namespaces (id, account_id) values (${namespaceId}, ${accountId}), (${elsewhere}, ${accountId})`.execute(
    database,
  );
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
          '00080020': { vr: 'DA', Value: dateOf(number) === '' ? [] : [dateOf(number)] },
          '00080030': { vr: 'TM', Value: [timeOf(number)] },
          '00080050': { vr: 'SH', Value: [`A-${number}`] },
        };
        const of = [
          ...marksOfName(name).map((mark) => tokens.token('name', mark)),
          ...marksOfDates([dateOf(number)]).map((mark) => tokens.token('date', mark)),
          tokens.token('patientId', `P-${number}`),
          tokens.token('accession', `A-${number}`),
        ];
        const { patientId, studyId: id } = place;
        await addPatients(trx, [{ id: patientId, accountId, cell: new Uint8Array(1), tokens: [] }]);
        const cell = await cells.sealStudy(place, { version: 1, attributes, others: [] });
        const misidentified = false;
        await addStudies(trx, [
          {
            id,
            accountId,
            namespaceId: number % 100 === 5 ? elsewhere : namespaceId,
            patientId,
            cell,
            misidentified,
            tokens: [...new Set(of)],
          },
        ]);
        // As they came one after another.
        await sql`update studies set created_at = '2020-01-01'::timestamptz + ${number} * interval '1 second' where id = ${id}`.execute(
          trx,
        );
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

/** Whose cells were opened by that, in turn. */
async function openedBy(work: (counted: typeof deps) => Promise<unknown>): Promise<string[]> {
  const opened: string[] = [];
  const counting = new Proxy(deps.chains, {
    get: (chains, name) => {
      if (name !== 'study') return Reflect.get(chains, name).bind(chains);
      return (chain: 'identity', place: StudyPlace) => {
        opened.push(place.studyId);
        return chains.study(chain, place);
      };
    },
  });
  await work({ ...deps, chains: counting });
  return opened;
}

test('a page by arrival opens no more than it shows, however many there are', async () => {
  const { total, warning, studies: rows } = await asked({});
  expect([total, warning, rows.length]).toEqual([null, null, 25]);
  const opened = await openedBy((counted) => worklist(counted, actor, worklistQuery.parse({ page: 7 })));
  expect(opened).toHaveLength(25);
  const [read] = await watched.pagesOf(() => worklist(deps, actor, worklistQuery.parse({ page: 7 })));
  expect(read).toBeLessThan(600);
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

test('sorted by name: the newest arrivals of them, and a word that there are more', async () => {
  const { total, warning, studies: rows } = await asked({ sort: 'name', order: 'asc' });
  expect(total).toBeNull();
  expect(warning).toContain(most.toLocaleString('en'));
  expect(rows).toHaveLength(25);
});

/** The numbers of those that are wanted by their days and times, those without a date last, equals by arrival. */
function byDate(wanted: (at: number) => boolean, order: 'asc' | 'desc'): number[] {
  const all = Array.from({ length: studies }, (_, at) => at).filter(wanted);
  const key = (at: number): string => `${datesOf(at)[1]} ${timeOf(at)}`;
  const dated = all.filter((at) => datesOf(at)[1] !== undefined).sort((a, b) => b - a);
  dated.sort((a, b) => (key(a) === key(b) ? 0 : key(a) < key(b) === (order === 'asc') ? -1 : 1));
  return [...dated, ...all.filter((at) => datesOf(at)[1] === undefined).sort((a, b) => b - a)];
}
const numbersOf = (rows: readonly { patient: { id: string } }[]): number[] =>
  rows.map(({ patient }) => Number(patient.id.slice(2)));

test.each(['desc', 'asc'] as const)(
  'sorted by date, %s: every page is exact, odd dates and none included, however many studies there are',
  async (order) => {
    const expected = byDate(() => true, order);
    const read: number[] = [];
    for (let page = 1; read.length < studies; page += drill ? 40 : 1) {
      const { total, warning, studies: rows } = await asked({ sort: 'date', order, page, size: 100 });
      expect([total, warning]).toEqual([null, null]);
      expect(numbersOf(rows)).toEqual(expected.slice((page - 1) * 100, page * 100));
      if (rows.length === 0) break;
      read.push(...numbersOf(rows));
    }
    if (!drill) expect(read).toHaveLength(studies);
  },
);

test('a page by date opens the days that it shows, and asks four statements for them', async () => {
  const opened = await openedBy((counted) =>
    worklist(counted, actor, worklistQuery.parse({ sort: 'date', page: 3 }), most),
  );
  expect(opened.length).toBeGreaterThanOrEqual(25);
  expect(opened.length).toBeLessThan(200);
  const searching = await watched.plansOf(() =>
    worklist(deps, actor, worklistQuery.parse({ sort: 'date', page: 3 }), most),
  );
  expect(searching.filter((plan) => /study_tokens/.test(plan)).length).toBeLessThanOrEqual(4);
});

test.each(['desc', 'asc'] as const)(
  'a range of dates and a name beside it, %s by date, are walked as well',
  async (order) => {
    const inYears = (at: number): boolean => /^20(0[1-9]|1\d)/.test(datesOf(at)[1] ?? '') && dateOf(at).length >= 8;
    const range = { from: '2001-01-01', to: '2019-12-31' };
    const expected = byDate(inYears, order);
    expect(expected.length).toBeGreaterThan(drill ? most : 900);
    const { studies: rows } = await asked({ ...range, sort: 'date', order, page: 4 });
    expect(numbersOf(rows)).toEqual(expected.slice(75, 100));
    // More than may be sorted at once carry this beginning: all do.
    const all = await asked({ name: 'pers', sort: 'date', order, page: 2 });
    expect([all.total, all.warning]).toEqual([null, null]);
    expect(numbersOf(all.studies)).toEqual(byDate(() => true, order).slice(25, 50));
  },
);

test('QIDO finds the same in the order of dates, with keys and without', async () => {
  const name = (value: string) => [{ tag: '00100010', vr: 'PN', value }];
  const ids = async (keys: Key[], ascending: boolean) => {
    const query = { keys, limit: 40, offset: 30, ascending };
    const { found, warnings } = await findByDate(deps, actor, query);
    expect(warnings).toEqual([]);
    return found.map(({ cell }) => Number(firstValue(cell.attributes, '00100020').slice(2)));
  };
  for (const ascending of [true, false]) {
    const order = ascending ? 'asc' : 'desc';
    expect(await ids([], ascending)).toEqual(byDate(() => true, order).slice(30, 70));
    const rossi = (at: number): boolean => families[at % families.length] === 'Rossi';
    expect(await ids(name('ROSSI*'), ascending)).toEqual(byDate(rossi, order).slice(30, 70));
    const range = [...name('ROSSI*'), { tag: '00080020', vr: 'DA', value: '20040101-' }];
    const late = (at: number): boolean => rossi(at) && (datesOf(at)[1] ?? '') >= '20040101';
    expect(await ids(range, ascending)).toEqual(byDate(late, order).slice(30, 70));
  }
});

test('who reaches few of many finds these in the order of dates', async () => {
  const member = personWith('member', { accountId, namespaceId: elsewhere });
  const query = { keys: [], limit: 100, offset: 0 };
  const { found } = await findByDate(deps, member, query);
  const theirs = (at: number): boolean => at % 100 === 5;
  expect(found.map(({ cell }) => Number(firstValue(cell.attributes, '00100020').slice(2)))).toEqual(
    byDate(theirs, 'desc').slice(0, 100),
  );
});

test('one family among all can be sorted whole, without a warning', async () => {
  const { total, warning } = await asked({ name: 'svens', sort: 'date' });
  expect([total, warning]).toEqual([Math.ceil((studies - 4) / 6), null]);
});

test('a walk that may look at no more says so and where, and goes on there: nothing is missed and nothing comes twice', async () => {
  const everyone = [{ path: ['00100010'], vr: 'PN', value: '*person*' }];
  const met: string[] = [];
  let walks = 0;
  for (let from: WalkEnd['cut'], end: WalkEnd | undefined; end === undefined || end.cut; from = end.cut) {
    const walk = walkStudies(deps, actor, { keys: everyone, how: {}, likely: 26, from }, studies / 5);
    end = undefined;
    for (let next = await walk.next(); ; next = await walk.next()) {
      if (next.done) {
        end = next.value;
        break;
      }
      met.push(next.value.row.id);
    }
    walks += 1;
    expect(walks).toBeLessThanOrEqual(5);
  }
  expect([met.length, new Set(met).size, walks]).toEqual([studies, studies, 5]);
});

test('studies of one date and time that arrived in one instant have one order, on whatever page they are', async () => {
  const arrivals = () => sql`update studies set created_at = '2020-01-01'`.execute(watched.database);
  await arrivals();
  const rows: (readonly [when: string, id: string])[] = [];
  for (let offset = 0; rows.length === offset; offset += 100) {
    const query = { keys: [], limit: 100, offset };
    const { found } = await findByDate(deps, actor, query);
    const when = ({ attributes }: (typeof found)[number]['cell']): string =>
      `${firstValue(attributes, '00080020')} ${firstValue(attributes, '00080030')}`;
    rows.push(...found.map(({ row, cell }) => [when(cell), row.id] as const));
    // What is written anew lies elsewhere in the table.
    await arrivals();
  }
  expect(new Set(rows.map(([, id]) => id)).size).toBe(studies);
  for (const [at, [when, id]] of rows.entries()) {
    const [before, other] = rows[at - 1] ?? ['', ''];
    if (before === when && when.trim() !== '') expect(other < id, `row ${at}`).toBe(true);
  }
});
