import { randomBytes } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cli, ctStudy, type Exchange, type Owner, owner, type SyntheticFile } from '@symbolon/testbed';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addPerson, type Somebody } from '../access/people-by-rows.ts';
import { digestsOf, heldOf } from './all-back.ts';
import { ask, multipart } from './ask.ts';
import { inDatabaseOf } from './database-of.ts';
import { digestsIn, fetchStudy } from './folder-of.ts';
import { loadOf, storeOnce, until } from './load-of.ts';
import { backUp, emptyMachine, type Machine, passphraseIn } from './machine-of.ts';

const ct = (seed: number, slices: number, more: object = {}): SyntheticFile[] => [
  ...ctStudy({ seed, slices, rows: 64, columns: 64, ...more }),
];
/** Whose identity half has more than 1 MiB, and so an object of its own. */
const large = ct(7002, 1, { extra: () => [['0040,A160 UT TextValue', randomBytes(1_500_000).toString('base64')]] });

let machine: Machine & { place: string };
let exchange: Exchange;
let me: Owner;
const sent: SyntheticFile[][] = [ct(7000, 20, { series: 2 }), ct(7001, 5), large];
let link: { id: string; secret: string };
let study: string;
let guest: Somebody;

beforeAll(async () => {
  machine = await emptyMachine();
  exchange = await machine.start();
  me = await owner(exchange);
  for (const files of sent) expect(await storeOnce(exchange, me, files)).toMatchObject({ status: 200 });
  // A version kept aside, a choice, a link, a limit.
  const other = ct(7001, 5, { extra: () => [['0020,4000 LT ImageComments', 'again']] });
  await ask(exchange, '/dicomweb/studies', { token: me.token, ...multipart(other.map(({ bytes }) => bytes)) });
  study = await studyIdOf(exchange, me, sent[0]![0]!.studyInstanceUid);
  const expiresAt = new Date(Date.now() + 20 * 86_400_000).toISOString();
  const made = await ask(exchange, `/api/v1/studies/${study}/links`, {
    token: me.token,
    json: { expiresAt, password: 'Sieben Schneider', note: 'Für Dr. Später' },
  });
  expect(made.status).toBe(201);
  const { address, link: row } = made.json() as { address: string; link: { id: string } };
  link = { id: row.id, secret: new URL(address).hash.slice(1) };
  guest = await addPerson(exchange, { name: 'Gus', role: 'guest' });
  const grant = { to: { userId: guest.userId }, seriesIds: null, expiresAt: null };
  const granted = await ask(exchange, `/api/v1/studies/${study}/grants`, { token: me.token, json: grant });
  expect(granted.status).toBe(201);
  await ask(exchange, '/api/v1/quota', {
    method: 'PUT',
    token: me.token,
    json: { maxInstances: null, maxBytes: 50_000_000_000 },
  });
}, 180_000);
afterAll(() => machine?.dispose());

async function studyIdOf(on: Exchange, who: Owner, studyInstanceUid: string): Promise<string> {
  const found = await ask(on, '/api/v1/studies/find', { token: who.token, json: { studyInstanceUid } });
  return (found.json() as { studies: { id: string }[] }).studies[0]!.id;
}

/** People who are not owners are suspended by a restore. */
const isHeld = (table: string, key: string): boolean => table === 'memberships' && /^(state|held_at)$/.test(key);

/** What the database holds, whatever the order of its rows; what a restore leaves out is left out. */
async function rowsOf(on: Exchange): Promise<Record<string, string[]>> {
  const tables = [
    ...['accounts', 'users', 'memberships', 'namespaces', 'patients', 'patient_tokens', 'studies', 'study_tokens'],
    ...[
      'series',
      'series_tokens',
      'packs',
      'pack_tokens',
      'usage',
      'key_schedules',
      'conflict_choices',
      'backup_policy',
    ],
  ];
  return inDatabaseOf(on, async (database) => {
    const all: Record<string, string[]> = {};
    for (const table of tables) {
      const rows = await database
        .selectFrom(table as 'packs')
        .selectAll()
        .execute();
      all[table] = rows
        .map((row) =>
          JSON.stringify(row, (key, value) =>
            isHeld(table, key) ? undefined : typeof value === 'bigint' ? String(value) : value,
          ),
        )
        .sort();
    }
    return all;
  });
}

async function auditOf(on: Exchange): Promise<string[]> {
  return inDatabaseOf(on, async (database) =>
    (await database.selectFrom('audit_records').selectAll().execute()).map((row) => JSON.stringify(row)).sort(),
  );
}

async function signedIn(on: Exchange): Promise<string> {
  const answer = await ask(on, '/api/v1/tokens', {
    json: { email: me.email, password: me.password, label: 'after the restore' },
  });
  expect(answer.status).toBe(201);
  return (answer.json() as { token: string }).token;
}

async function everyStudyComesBack(on: Exchange, who: Owner, name: string): Promise<void> {
  for (const [at, files] of sent.entries()) {
    const out = join(machine.root, `${name}-${at}`);
    expect(await fetchStudy(on, who, files[0]!.studyInstanceUid, out)).toMatchObject({ code: 0 });
    expect(await digestsIn(out)).toEqual(digestsOf(files));
  }
}

test('onto an empty machine: every instance byte for byte, every row, and who may sign in signs in', async () => {
  // Made while somebody sends: whole as of a moment, and every answer from before that moment is in it.
  const load = loadOf(exchange, me, 7100);
  await until(() => load.counts.taken > 2, 'something was sent');
  const acknowledged = [...load.acknowledged];
  expect(await backUp(exchange, me)).toMatchObject({ code: 0 });
  await load.end();
  // By now: no restore brings back what is recorded after the snapshot, be it that keys were copied, or what a search of half
  // a minute ago showed.
  const audit = await auditOf(exchange);
  const quiet = await backUp(exchange, me);
  expect(quiet).toMatchObject({ code: 0 });
  const passphrase = await passphraseIn(machine.root);
  const keysBackup = join(machine.root, 'keys.backup');
  const keys = ['keys', 'backup', '--out', keysBackup, '--passphrase-file', passphrase];
  expect(await machine.command(keys)).toMatchObject({ code: 0 });
  const rows = await rowsOf(exchange);
  await exchange.stop();

  const empty = await emptyMachine(machine.place);
  const env = empty.place.startsWith('s3:') ? credentialsOf(machine) : {};
  try {
    const began = performance.now();
    const restore = ['restore', '--keys', keysBackup, '--passphrase-file', passphrase];
    const restored = await empty.command(restore, env);
    expect(restored).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/Held .*2 tokens, 1 link, 1 grant; .*: 1\./),
    });
    const seconds = (performance.now() - began) / 1000;
    const on = await empty.start(env);
    expect(await rowsOf(on)).toEqual(rows);
    const before = new Set(audit);
    const after = await auditOf(on);
    expect(audit.filter((record) => !after.includes(record)).map((record) => JSON.parse(record).action)).toEqual([]);
    expect(after.filter((record) => !before.has(record)).map((record) => JSON.parse(record).action)).toContain(
      'backup.restore',
    );

    // The token may have been ended since; who has the password gets another.
    expect((await ask(on, '/api/v1/me', me)).status).toBe(401);
    const open = { json: { secret: link.secret, password: 'Sieben Schneider' } };
    expect((await ask(on, `/api/v1/shared/${link.id}/open`, open)).status).toBe(410);
    const token = await signedIn(on);
    const tokenFile = join(machine.root, 'token-after');
    await writeFile(tokenFile, token, { mode: 0o600 });
    const who = { ...me, token, tokenFile };
    const instances = sent.reduce((sum, { length }) => sum + length, 0);
    await everyStudyComesBack(on, who, 'restored');
    const all = [...sent.flat(), ...load.acknowledged];
    expect(await heldOf(on, who, all)).toEqual(digestsOf(all));
    const early = [...acknowledged];
    expect(await heldOf(on, who, early)).toEqual(digestsOf(early));
    const status = (await ask(on, '/api/v1/backups/status', who)).json();
    expect(status).toMatchObject({ held: { tokens: 2, links: 1, people: 1, grants: 1 } });
    const rights = () =>
      inDatabaseOf(on, async (database) => ({
        people: await database.selectFrom('memberships').select('state').where('user_id', '=', guest.userId).execute(),
        grants: await database.selectFrom('grants').select('id').where('revoked_at', 'is', null).execute(),
      }));
    expect(await rights()).toEqual({ people: [{ state: 'suspended' }], grants: [] });
    expect((await ask(on, '/api/v1/backups/held', { token, json: { what: 'release' } })).status).toBe(200);
    expect((await ask(on, '/api/v1/me', me)).status).toBe(200);
    expect((await ask(on, `/api/v1/shared/${link.id}/open`, open)).status).toBe(200);
    expect((await ask(on, `/api/v1/studies/${study}`, guest)).status).toBe(200);
    expect((await ask(on, '/api/v1/backups/held', { token, json: { what: 'release' } })).json()).toMatchObject({
      code: 'RESTORE_NOTHING_HELD',
    });
    // It goes on as it was: it takes what comes, and makes the next backup beside the ones that are there.
    expect(await storeOnce(on, who, ct(7200, 3))).toMatchObject({ status: 200 });
    expect(await backUp(on, who)).toMatchObject({ code: 0, objects: 1 });
    console.log(
      `restored ${all.length} instances (${instances} fetched and compared), keys included, in ${seconds.toFixed(1)} s; the second backup wrote ${quiet.bytes + quiet.tableBytes} bytes`,
    );
  } finally {
    await empty.dispose();
  }
  await exchange.restart();
}, 420_000);

test('a second backup costs little, what compaction replaced and what was removed included', async () => {
  const first = await backUp(exchange, me);
  expect(first).toMatchObject({ code: 0 });
  const nothing = await backUp(exchange, me);
  // Whole tables are small, and the audit grew by some records.
  expect(nothing).toMatchObject({ code: 0, objects: 0, bytes: 0 });
  expect(nothing.tableBytes).toBeLessThan(60_000);
  const more = ct(7300, 4);
  for (const file of more) expect(await storeOnce(exchange, me, [file])).toMatchObject({ status: 200 });
  sent.push(more);
  const grown = await backUp(exchange, me);
  expect(grown).toMatchObject({ code: 0, objects: 4 });
  const compact = ['compact', '--now', '--wait', '--to', exchange.url, '--token-file', me.tokenFile];
  expect(await cli(compact, { exchange, timeoutMs: 120_000 })).toMatchObject({ code: 0 });
  const joined = await backUp(exchange, me);
  expect(joined.code).toBe(0);
  const all = (await ask(exchange, '/api/v1/usage', me)).json() as { bytes: number };
  expect(grown.bytes + grown.tableBytes + joined.bytes + joined.tableBytes).toBeLessThan(all.bytes / 2);
  console.log(
    `of ${all.bytes} bytes held: nothing new ${nothing.tableBytes}, four instances ${grown.bytes + grown.tableBytes}, joined ${joined.bytes + joined.tableBytes} bytes`,
  );
  await restoredTwin(async (on, who) => everyStudyComesBack(on, who, 'twin'));
}, 300_000);

/** Restores the newest backup onto a machine of its own with these keys, and hands over the exchange on it. */
async function restoredTwin(look: (on: Exchange, who: Owner) => Promise<void>): Promise<void> {
  const empty = await emptyMachine(machine.place);
  try {
    await cp(machine.keysDir, empty.keysDir, { recursive: true });
    const env = empty.place.startsWith('s3:') ? credentialsOf(machine) : {};
    expect(await empty.command(['restore'], env)).toMatchObject({ code: 0 });
    const on = await empty.start(env);
    const token = await signedIn(on);
    const tokenFile = join(empty.root, 'token');
    await writeFile(tokenFile, token, { mode: 0o600 });
    await look(on, { ...me, token, tokenFile });
  } finally {
    await empty.dispose();
  }
}

test('the trial of a restore opens every pack and compares; what the stores or the place lost is an alarm', async () => {
  const drill = ['backup', 'drill', '--wait', '--to', exchange.url, '--token-file', me.tokenFile];
  const good = await cli(drill, { exchange, timeoutMs: 120_000 });
  expect(good).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^Last trial +.*good: \d+ packs? opened, \d+ instances? compared.*, 0 lost$/m),
  });
  const figures = async () => (await ask(exchange, '/metrics', me)).body.toString();
  expect(await figures()).toMatch(/^symbolon_backup_drill_good 1$/m);
  if (machine.place.startsWith('file:')) {
    // One copy rots, as on a disk that gives back other bytes than were written.
    // Of what the newest backup needs: copies of what compaction replaced, and the restored machine's, lie there too.
    const folder = join(machine.place.slice('file:'.length), 'images');
    const needed = await inDatabaseOf(exchange, (database) => database.selectFrom('packs').select('id').execute());
    const [victim] = (await readdir(folder, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile() && needed.some(({ id }) => id === entry.name))
      .map(({ parentPath, name }) => join(parentPath, name));
    const whole = await readFile(victim!);
    await writeFile(victim!, whole.subarray(0, whole.length / 2));
    const verified = await machine.command(['backup', 'verify']);
    expect(verified).toMatchObject({ code: 5, stdout: expect.stringMatching(/damaged or missing: images/) });
    await rm(victim!);
    expect(await cli(drill, { exchange, timeoutMs: 120_000 })).toMatchObject({
      code: 5,
      stdout: expect.stringMatching(/BAD.* 1 lost$/m),
    });
    expect(await figures()).toMatch(/^symbolon_backup_drill_good 0$/m);
    expect((await ask(exchange, '/api/v1/backups/status', me)).json()).toMatchObject({ warning: 'drill failed' });
    expect(exchange.output()).toMatch(/ALARM: a backup would not bring everything back/);
    // The next backup finds that the copy is gone, and copies it again.
    expect(await backUp(exchange, me)).toMatchObject({ code: 0, objects: 1 });
    expect(await machine.command(['backup', 'verify'])).toMatchObject({ code: 0 });
    expect(await cli(drill, { exchange, timeoutMs: 120_000 })).toMatchObject({ code: 0 });
    // What later backups would go on from is cut, or rots: the next begins anew, and is whole.
    const tables = join(folder, '../tables');
    const harmed = async (harm: (bytes: Buffer) => Buffer): Promise<void> => {
      for (const entry of await readdir(tables, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || entry.name.length !== 36) continue;
        const file = join(entry.parentPath, entry.name);
        await writeFile(file, harm(await readFile(file)));
      }
    };
    const goesOn = async (): Promise<void> => {
      expect(await machine.command(['backup', 'verify'])).toMatchObject({ code: 5 });
      expect(await backUp(exchange, me)).toMatchObject({ code: 0, objects: 0 });
      expect(await machine.command(['backup', 'verify'])).toMatchObject({ code: 0 });
    };
    await harmed((bytes) => bytes.subarray(0, -1));
    await goesOn();
    await harmed((bytes) => {
      bytes[bytes.length - 20]! ^= 1;
      return bytes;
    });
    expect(await cli(drill, { exchange, timeoutMs: 120_000 })).toMatchObject({ code: 5 });
    await goesOn();
    // An object that the disk does not give keeps nothing else out of the backup, which says that it is incomplete.
    const [bad, other] = [ct(7400, 1), ct(7401, 1)];
    await storeOnce(exchange, me, bad);
    const inStore = async () =>
      (await readdir(join(machine.dataDir, 'images'), { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile() && entry.name.length === 36)
        .map(({ parentPath, name }) => join(parentPath, name));
    const copied = new Set((await readdir(folder, { recursive: true })).map((path) => path.slice(-36)));
    const [object] = (await inStore()).filter((path) => !copied.has(path.slice(-36)));
    await rename(object!, `${object}.away`);
    await mkdir(object!);
    await storeOnce(exchange, me, other);
    await backUp(exchange, me);
    const page = (await ask(exchange, '/api/v1/backups', me)).json() as { warning: string; runs: object[] };
    expect([page.warning, page.runs[0]]).toMatchObject(['incomplete', { state: 'whole', objects: 1, missing: 1 }]);
  }
  const left = await inDatabaseOf(exchange, (database) =>
    sql`select datname from pg_database where datname like 'symbolon_drill%'`.execute(database),
  );
  expect(left.rows).toEqual([]);
}, 300_000);

const credentialsOf = (of: Machine): Record<string, string> =>
  Object.fromEntries(Object.entries(of.env).filter(([name]) => name.startsWith('AWS_')));
