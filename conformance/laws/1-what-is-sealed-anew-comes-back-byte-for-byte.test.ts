import { setTimeout as pause } from 'node:timers/promises';
import {
  cli,
  ctStudy,
  type Exchange,
  type Owner,
  onFolders,
  owner,
  type SyntheticFile,
  startExchange,
} from '@symbolon/testbed';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { digestsOf, heldOf, instanceOf } from './all-back.ts';
import { ask, multipart } from './ask.ts';
import { inDatabaseOf } from './database-of.ts';
import { studyIdOf } from './erasing.ts';
import { digestOf } from './folder-of.ts';
import { allKeys, copiesOf, openAll } from './key-scanner.ts';

let exchange: Exchange;
let me: Owner;
const files: SyntheticFile[] = [];
beforeAll(async () => {
  exchange = await startExchange({ onDisk: true });
  me = await owner(exchange);
  for (let seed = 6700; seed < 6706; seed += 1) files.push(...(await sent(seed)));
});
afterAll(() => exchange?.dispose());

/** Some in one commit, some alone, one that is large enough to have a key of its own, one that is kept aside. */
async function sent(seed: number): Promise<SyntheticFile[]> {
  const large = seed === 6700;
  const some = [
    ...ctStudy({ seed, slices: large ? 1 : 4, ...(large ? { rows: 4200, columns: 4200 } : { rows: 32, columns: 32 }) }),
  ];
  for (const part of [some.slice(0, 2), some.slice(2)])
    if (part.length > 0) expect((await stow(part.map(({ bytes }) => bytes))).status).toBe(200);
  const bent = some[0]!.bytes.slice();
  bent[bent.length - 500]! ^= 0xff;
  if (seed === 6701) await stow([bent]);
  return some;
}
const stow = (some: readonly Uint8Array[]) =>
  ask(exchange, '/dicomweb/studies', { ...multipart(some), token: me.token });

async function expectBack(): Promise<void> {
  expect(await heldOf(exchange, me, files)).toEqual(digestsOf(files));
  for (const file of files) {
    const { status, body } = await instanceOf(exchange, me, file);
    expect([status, digestOf(body)]).toEqual([200, digestOf(file.bytes)]);
  }
}

const reseal = (...more: string[]) =>
  cli(['keys', 'reseal', '--to', exchange.url, '--token-file', me.tokenFile, ...more], {
    exchange,
    timeoutMs: 120_000,
  });
const keysInUse = () =>
  inDatabaseOf(exchange, async (database) => {
    const rows = await database.selectFrom('packs').select(['key_id', 'study_id']).execute();
    return rows.map(({ key_id, study_id }) => key_id ?? study_id);
  });
const dayLater = () =>
  inDatabaseOf(exchange, (database) =>
    sql`update replaced_packs set replaced_at = replaced_at - interval '2 days'`.execute(database),
  );

test('all studies are sealed anew while they are read and the exchange is killed, and each byte comes back', async () => {
  const before = new Set(await keysInUse());
  const link = { expiresAt: new Date(Date.now() + 3_600_000).toISOString(), note: 'a note that stays' };
  const study = (await studyIdOf(exchange, me, files[0]!.studyInstanceUid))!;
  expect((await ask(exchange, `/api/v1/studies/${study}/links`, { token: me.token, json: link })).status).toBe(201);
  const asked = await ask(exchange, '/api/v1/keys/reseal', { token: me.token, method: 'POST' });
  expect([asked.status, asked.json()]).toEqual([202, { waiting: 6, spent: 0 }]);
  for (const afterMs of process.env.SYMBOLON_DRILL === '1' ? [20, 40, 60, 90, 120, 140] : [40, 110]) {
    await Promise.race([expectBack().catch(() => {}), pause(afterMs)]);
    await exchange.kill9();
    await exchange.restart();
  }
  // Whatever comes meanwhile is under the new keys at once.
  files.push(...(await sent(6706)));
  const done = await reseal('--wait', '--now');
  expect(done).toMatchObject({ code: 0 });
  expect(done.stdout).toMatch(/To be sealed anew +none/);
  await expectBack();
  const after = await keysInUse();
  expect(after.filter((key) => before.has(key))).toEqual([]);
  const links = (await ask(exchange, '/api/v1/links', me)).json() as { links: { note: string }[] };
  expect(links.links.map(({ note }) => note)).toEqual(['a note that stays']);
  const scrub = await cli(['scrub', '--now', '--wait', '--to', exchange.url, '--token-file', me.tokenFile], {
    exchange,
    timeoutMs: 120_000,
  });
  expect([scrub.code, scrub.stdout]).toEqual([0, expect.stringMatching(/Damaged now +nothing/)]);
}, 240_000);

test('links that are made, and studies that are read, while all is sealed anew open then and ever after', async () => {
  const ids = await Promise.all(
    [...new Set(files.map(({ studyInstanceUid }) => studyInstanceUid))].map((uid) => studyIdOf(exchange, me, uid)),
  );
  const notes = ['a note that stays'];
  let going = true;
  // Between the look at its study and the row of a link with a password lies as long as hashing that takes. A machine that
  // hashes fast makes no more than one answer lists, which is 200.
  const make = async () => {
    for (let at = 0; going && notes.length < 190; at += 1) {
      const json = {
        expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
        note: `made meanwhile ${notes.length}`,
        password: 'Sieben Schneider',
      };
      notes.push(json.note);
      const made = await ask(exchange, `/api/v1/studies/${ids[at % ids.length]}/links`, { token: me.token, json });
      expect([made.status, made.status === 201 ? '' : made.body.toString()]).toEqual([201, '']);
    }
  };
  const read = async () => {
    for (let at = 0; going; at += 1)
      for (const path of ['/links', `/studies/${ids[at % ids.length]}`]) {
        const { status, body } = await ask(exchange, `/api/v1${path}`, me);
        expect([path, status, status === 200 ? '' : body.toString()]).toEqual([path, 200, '']);
      }
  };
  const working = Promise.all([make(), make(), read()]);
  working.catch(() => {});
  for (let round = 0; round < 2; round += 1) {
    await ask(exchange, '/api/v1/keys/reseal', { token: me.token, method: 'POST' });
    const waiting = async () =>
      ((await ask(exchange, '/api/v1/keys/reseal', me)).json() as { waiting: number }).waiting;
    await expect.poll(waiting, { timeout: 60_000 }).toBe(0);
  }
  going = false;
  await working;
  const { links } = (await ask(exchange, '/api/v1/links', me)).json() as { links: { note: string }[] };
  expect(links.map(({ note }) => note).sort()).toEqual(notes.sort());
}, 180_000);

onFolders(() => {
  test('a day later the old keys are destroyed: a copy of the database from before opens nothing with those that are left', async () => {
    const taken = await copiesOf(exchange);
    expect((await reseal('--now', '--wait')).code).toBe(0);
    expect((await ask(exchange, '/api/v1/keys/reseal', me)).json()).toMatchObject({ waiting: 0 });
    await dayLater();
    const spent = async () => ((await ask(exchange, '/api/v1/keys/reseal', me)).json() as { spent: number }).spent;
    // What was replaced goes with the next look of the job that joins packs; the keys with the one that seals anew, as it starts.
    await ask(exchange, '/api/v1/storage/compaction', { token: me.token, method: 'POST' });
    const old = () =>
      inDatabaseOf(exchange, async (database) => {
        const { rows } = await sql`select id from replaced_packs where replaced_at < now() - interval '1 day'`.execute(
          database,
        );
        return rows.length;
      });
    await expect.poll(old, { timeout: 60_000, interval: 200 }).toBe(0);
    await exchange.restart();
    await expect.poll(spent, { timeout: 60_000, interval: 200 }).toBe(0);
    const after = await copiesOf(exchange);
    const keys = await allKeys(after.roots, [after]);
    const packs = (await openAll(keys, taken)).filter(({ what }) =>
      ['identity', 'image', 'manifest', 'study', 'series', 'link'].includes(what),
    );
    expect(packs).toEqual([]);
    expect((await openAll(keys, after)).filter(({ what }) => what === 'manifest').length).toBeGreaterThan(6);
    await expectBack();
  }, 240_000);
});
