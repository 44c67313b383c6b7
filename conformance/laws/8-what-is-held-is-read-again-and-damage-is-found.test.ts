import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import {
  cli,
  ctStudy,
  type Exchange,
  faultyCalls,
  faultyCallsTest,
  type Owner,
  owner,
  startExchange,
} from '@symbolon/testbed';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../packages/server/src/platform/db/database.ts';
import { ask, multipart } from './ask.ts';
import { inDatabaseOf } from './database-of.ts';
import { until } from './load-of.ts';

/** Series of one image: as many packs. */
const packs = process.env.SYMBOLON_DRILL === '1' ? 1000 : 300;
const perStudy = packs / 5;
/** With so much beside its pixel data that its identity half is an object of its own. */
const large = 20;
const fast = '30d at 10000MiB';

let exchange: Exchange;
let me: Owner;
beforeAll(async () => {
  exchange = await startExchange({ env: { SYMBOLON_SCRUB: fast } });
  me = await owner(exchange);
  let left = large;
  for (let seed = 0; seed < packs / perStudy; seed += 1) {
    const files = [...ctStudy({ seed: 8000 + seed, slices: 1, series: perStudy, rows: 32, columns: 32 })].map(
      ({ bytes }) => {
        left -= 1;
        return left < 0 ? bytes : withPadding(bytes, 2 * 1024 * 1024);
      },
    );
    for (let at = 0; at < files.length; at += 50) {
      const { body, headers } = multipart(files.slice(at, at + 50));
      expect((await ask(exchange, '/dicomweb/studies', { token: me.token, body, headers })).status).toBe(200);
    }
  }
}, 120_000);
afterAll(() => exchange?.dispose());

/** The file with a Data Set Trailing Padding (FFFC,FFFC) of random bytes at its end. */
function withPadding(file: Uint8Array, bytes: number): Uint8Array {
  const head = Buffer.from([0xfc, 0xff, 0xfc, 0xff, 0x4f, 0x42, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32LE(bytes, 8);
  return Buffer.concat([file, head, randomBytes(bytes)]);
}

type Pack = { id: string; series_id: string; manifest: number; identity: number | null; cell: number };

const allPacks = (): Promise<Pack[]> =>
  inDatabaseOf(exchange, async (database) => {
    const { rows } =
      await sql<Pack>`select packs.id, series_id, length(manifest) as manifest, length(identity) as identity,
      length(series.cell) as cell from packs join series on series.id = series_id order by packs.id`.execute(database);
    return rows;
  });

/** Flips the bit again. */
type Flip = (database: Database) => Promise<void>;

async function flipInFile(store: string, name: string): Promise<Flip> {
  const file = await open(join(exchange.dataDir, store, name.slice(0, 2), name), 'r+');
  const { size } = await file.stat();
  const [at, bit] = [randomInt(size), 1 << randomInt(8)];
  const flip = async (): Promise<void> => {
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, at);
    await file.write(Buffer.from([buffer[0]! ^ bit]), 0, 1, at);
  };
  await flip();
  return async () => {
    await flip();
    await file.close();
  };
}

async function flipInRow(database: Database, table: string, column: string, id: string, bytes: number): Promise<Flip> {
  const bit = randomInt(bytes * 8);
  const flip: Flip = async (again) => {
    const { rows } = await sql<{ id: string }>`update ${sql.table(table)} set ${sql.ref(column)} =
      set_bit(${sql.ref(column)}, ${bit}, 1 - get_bit(${sql.ref(column)}, ${bit})) where id = ${id} returning id`.execute(
      again,
    );
    expect(rows).toHaveLength(1);
  };
  await flip(database);
  return flip;
}

/** One random bit of each pack, in each of the places that a pack lies in. */
function flipped(database: Database, pack: Pack, at: number): Promise<Flip> {
  if (pack.identity === null) return flipInFile('identity', pack.id);
  const places = [
    () => flipInFile('images', pack.id),
    () => flipInRow(database, 'packs', 'manifest', pack.id, pack.manifest),
    () => flipInRow(database, 'packs', 'identity', pack.id, pack.identity as number),
    () => flipInRow(database, 'series', 'cell', pack.series_id, pack.cell),
  ];
  return places[at % places.length]!();
}

const running = async () =>
  ((await ask(exchange, '/api/v1/storage/scrub', me)).json() as { running: { packs: number } | null }).running;
/** How often a round was told to wait. */
const waits = (): number => exchange.output().match(/the scrub waits/g)?.length ?? 0;
const scrub = (...more: string[]) =>
  cli(['scrub', '--to', exchange.url, '--token-file', me.tokenFile, ...more], { exchange });

type Finding = { pack: string; part: string; code: string; studyId: string };
async function findings(): Promise<Finding[]> {
  const all: Finding[] = [];
  for (let offset: number | null = 0; offset !== null; ) {
    const page = (await ask(exchange, `/api/v1/storage/scrub/findings?offset=${offset}`, me)).json() as {
      findings: Finding[];
      next: number | null;
    };
    all.push(...page.findings);
    offset = page.next;
  }
  return all;
}

/** As the command writes it. */
const many = packs.toLocaleString('en');

test(`of ${many} random bits that were flipped in the stores the scrub finds every one, and nothing before and after`, async () => {
  // A minute after the start a round begins by itself; where sending took so long it does not see all.
  await until(async () => (await running()) === null, 'no round under way');
  const whole = await scrub('--now', '--wait');
  expect({ ...whole, stderr: '' }).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Damaged now +nothing$/m) });
  expect(whole.stdout).toMatch(new RegExp(`^Last round +${many} packs, .* 0 damaged;`, 'm'));

  const all = await allPacks();
  expect(all).toHaveLength(packs);
  expect(all.filter(({ identity }) => identity === null)).toHaveLength(large);
  const undo: Flip[] = [];
  await inDatabaseOf(exchange, async (database) => {
    for (const [at, pack] of all.entries()) undo.push(await flipped(database, pack, at));
  });
  const damaged = await scrub('--now', '--wait');
  expect(damaged).toMatchObject({
    code: 5,
    stdout: expect.stringMatching(new RegExp(`^Damaged now +${many} packs$`, 'm')),
  });
  const found = await findings();
  expect(found.map(({ pack }) => pack).sort()).toEqual(all.map(({ id }) => id));
  const parts = Map.groupBy(found, ({ part }) => part);
  console.log(`${many} bits: ${[...parts].map(([part, some]) => `${some.length} in ${part}`).join(', ')}`);
  expect([...parts.keys()].sort()).toEqual(['cells', 'identity', 'image', 'manifest']);

  // Whoever is to know hears of it: in the log, in the figures, in the audit of the account.
  expect(exchange.output().match(/ALARM: what is held is not what was sent/g)).toHaveLength(packs);
  const metrics = await ask(exchange, '/metrics', me);
  expect(metrics.body.toString()).toMatch(new RegExp(`^symbolon_scrub_damaged_packs ${packs}$`, 'm'));
  expect(metrics.body.toString()).toMatch(/^symbolon_storage_free_bytes\{place="images"\} \d+$/m);
  const audit = (await ask(exchange, '/api/v1/audit?action=storage.scrub', me)).json() as {
    records: { outcome: string; who: { kind: string } }[];
  };
  expect(audit.records.filter(({ outcome }) => outcome === 'failure').length).toBeGreaterThan(0);
  expect(audit.records.find(({ outcome }) => outcome === 'failure')?.who.kind).toBe('exchange');

  await inDatabaseOf(exchange, async (database) => {
    for (const again of undo) await again(database);
  });
  const mended = await scrub('--now', '--wait');
  expect(mended).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Damaged now +nothing$/m) });
  expect(await findings()).toEqual([]);
}, 300_000);

test('what is gone, cut short, too long or no longer indexed is found', async () => {
  const [gone, short, long, unindexed] = (await allPacks()).filter(({ identity }) => identity !== null) as [
    Pack,
    Pack,
    Pack,
    Pack,
  ];
  const image = ({ id }: Pack): string => join(exchange.dataDir, 'images', id.slice(0, 2), id);
  await rm(image(gone));
  for (const [pack, more] of [
    [short, -1],
    [long, 1],
  ] as const) {
    const file = await open(image(pack), 'r+');
    await file.truncate((await file.stat()).size + more);
    await file.close();
  }
  await inDatabaseOf(exchange, (database) =>
    sql`update pack_tokens set tokens = tokens[2:] where pack_id = ${unindexed.id}`.execute(database),
  );
  expect(await scrub('--now', '--wait')).toMatchObject({ code: 5 });
  const told = new Map((await findings()).map(({ pack, part, code }) => [pack, `${part} ${code}`]));
  expect(told).toEqual(
    new Map([
      [gone.id, 'image BLOB_MISSING'],
      [short.id, 'image BLOB_CUT_SHORT'],
      [long.id, 'image BLOB_TOO_LONG'],
      [unindexed.id, 'index NOT_AS_SEALED'],
    ]),
  );
}, 120_000);

test('a key that is lost or damaged is found at once, though the exchange has it in memory', async () => {
  const before = new Set((await findings()).map(({ pack }) => pack));
  const packsOf = new Map<string, string[]>();
  await inDatabaseOf(exchange, async (database) => {
    const { rows } = await sql<{ id: string; study_id: string }>`select id, study_id from packs order by id`.execute(
      database,
    );
    for (const { id, study_id } of rows)
      if (!before.has(id)) packsOf.set(study_id, [...(packsOf.get(study_id) ?? []), id]);
  });
  const [lost, damaged] = [...packsOf.keys()] as [string, string];
  const file = new DatabaseSync(join(exchange.keysDir, 'key-store.sqlite'), { timeout: 10_000 });
  const put = file.prepare(`update wraps set id = ?, wrapped = ? where kind = 'study' and chain = 'image' and id = ?`);
  const wrapOf = (study: string) =>
    file.prepare(`select wrapped from wraps where kind = 'study' and chain = 'image' and id = ?`).get(study)
      ?.wrapped as Uint8Array;
  const [first, second] = [wrapOf(lost), wrapOf(damaged)];
  const elsewhere = randomUUID();
  put.run(elsewhere, first, lost);
  put.run(damaged, second.with(-1, second.at(-1)! ^ 1), damaged);
  await scrub('--now', '--wait');
  put.run(lost, first, elsewhere);
  put.run(damaged, second, damaged);
  file.close();
  const found = (await findings()).filter(({ pack }) => !before.has(pack));
  expect(found.map(({ pack, part, code }) => `${pack} ${part} ${code}`).sort()).toEqual(
    [
      ...packsOf.get(lost)!.map((id) => `${id} keys KEY_MISSING`),
      ...packsOf.get(damaged)!.map((id) => `${id} image VAULT_TAG_MISMATCH`),
    ].sort(),
  );
}, 120_000);

test('a part of a store that is no longer read is found, and what lies behind it is looked at, too', async () => {
  const all = await allPacks();
  const shelf = all[all.length >> 1]!.id.slice(0, 2);
  const folder = join(exchange.dataDir, 'images', shelf);
  await rename(folder, `${folder}-away`);
  await writeFile(folder, '');
  const done = await scrub('--now', '--wait');
  await rm(folder);
  await rename(`${folder}-away`, folder);
  expect(done.stdout).toMatch(new RegExp(`^Last round +${many} packs, `, 'm'));
  const unread = (await findings()).filter(({ part, code }) => `${part} ${code}` === 'image BLOB_READ_FAILED');
  expect(unread.map(({ pack }) => pack).sort()).toEqual(
    all.filter(({ id }) => id.startsWith(shelf)).map(({ id }) => id),
  );
}, 120_000);

faultyCallsTest(
  'where the exchange itself cannot open one file more, nothing is damaged: the round waits and goes on later',
  async () => {
    await scrub('--now', '--wait');
    const before = (await findings()).map(({ pack }) => pack);
    const pack = (await allPacks()).find(({ id, identity }) => identity !== null && !before.includes(id)) as Pack;
    const paths = [join(exchange.dataDir, 'images', pack.id.slice(0, 2), pack.id)];
    const waitedBefore = waits();
    const faulty = await faultyCalls([exchange.process.pid!], { calls: 'openat', error: 'EMFILE', paths });
    await scrub('--now');
    await expect.poll(waits, { timeout: 60_000 }).toBe(waitedBefore + 1);
    await faulty.end();
    expect((await findings()).map(({ pack: id }) => id)).toEqual(before);
    await scrub('--now', '--wait');
    expect((await findings()).map(({ pack: id }) => id)).toEqual(before);
  },
  180_000,
);

test('a round that kill -9 broke off goes on where it was, and leaves no pack out', async () => {
  await exchange.stop();
  // 41 MB, so that a round lasts ten seconds.
  await exchange.restart({ SYMBOLON_SCRUB: '30d at 4MiB' });
  const begun = await scrub('--now');
  expect(begun.stdout).toMatch(/^Under way +/m);
  while (((await running())?.packs ?? 0) < 100) await pause(20);
  await exchange.kill9();
  await exchange.restart({ SYMBOLON_SCRUB: fast });
  const before = (await running())?.packs ?? 0;
  expect(before).toBeGreaterThanOrEqual(100);
  expect(before).toBeLessThan(packs);
  const done = await scrub('--now', '--wait');
  expect(done.stdout).toMatch(new RegExp(`^Last round +${many} packs, .* 4 damaged;`, 'm'));
}, 120_000);

test('a disk that is not there is no damage: the round waits until it is', async () => {
  const images = join(exchange.dataDir, 'images');
  const waitedBefore = waits();
  await rename(images, `${images}.away`);
  await mkdir(images);
  await scrub('--now');
  await expect.poll(waits, { timeout: 60_000 }).toBe(waitedBefore + 1);
  const so = (await ask(exchange, '/api/v1/storage/scrub', me)).json() as { running: object | null; damaged: number };
  expect(so).toMatchObject({ running: { packs: 0 }, damaged: 4 });
  await rm(images, { recursive: true });
  await rename(`${images}.away`, images);
  expect((await scrub('--now', '--wait')).stdout).toMatch(new RegExp(`^Last round +${many} packs, .* 4 damaged;`, 'm'));
}, 120_000);

test('it needs an administrator, and asks for what can be', async () => {
  for (const path of ['/api/v1/storage/scrub', '/metrics']) expect((await ask(exchange, path)).status).toBe(401);
  expect((await ask(exchange, '/api/v1/storage/scrub/findings?offset=-1', me)).status).toBe(400);
  expect((await ask(exchange, '/api/v1/storage/scrub/findings?offset=1000000', me)).status).toBe(200);
  const help = await cli(['scrub', '--help'], { exchange });
  expect(help.stdout).toMatch(/--now +begin a round/);
});
