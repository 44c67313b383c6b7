import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ctStudy, type Exchange, multiframeStudy, type Owner, owner, startExchange } from '@symbolon/testbed';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from './ask.ts';
import { digestsIn, fetchStudy, folderOf, send } from './folder-of.ts';
import { expectNoOrphans, filesOf, grownOld, stores, sweep } from './orphans.ts';

const rounds = process.env.SYMBOLON_DRILL ? 50 : 2;

let exchange: Exchange;
let me: Owner;
let root: string;
beforeAll(async () => {
  exchange = await startExchange({ onDisk: true });
  me = await owner(exchange);
  root = join(dirname(exchange.dataDir), 'sent');
  await mkdir(root);
});
afterAll(() => exchange?.dispose());

/** Until something is being written, so that a kill leaves something. */
async function whileWriting(): Promise<void> {
  const giveUpAt = performance.now() + 20_000;
  const incoming = join(exchange.dataDir, 'images/incoming');
  while ((await readdir(incoming).catch(() => [])).length === 0 && performance.now() < giveUpAt) await pause(1);
}

test('after kills at any moment every orphan is swept, and everything that a row names is there', async () => {
  const sent: { study: string; digests: string[] }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const files = [
      ...ctStudy({ seed: 5000 + round, slices: 18, series: 6, rows: 256, columns: 256 }),
      // Large enough to be written while it arrives.
      ...multiframeStudy({ seed: 5000 + round, frames: 50, rows: 512, columns: 512 }),
    ];
    const folder = join(root, `${round}`);
    const digests = [...(await folderOf(folder, files)).values()].sort();
    const sending = send(exchange, me, folder, join(root, `${round}.json`), { more: ['--connections', '4'] });
    await whileWriting();
    await pause((round * 61) % 300);
    await exchange.kill9();
    await exchange.restart();
    expect(await sending).toMatchObject({ code: 0 });
    sent.push({ study: files[0]!.studyInstanceUid, digests });
  }

  // What is young is let be, whatever it is.
  const before = (await filesOf(exchange.dataDir, 'images')).length;
  expect(await sweep(exchange, me, '--many')).toMatchObject({ code: 0 });
  expect(await filesOf(exchange.dataDir, 'images')).toHaveLength(before);

  // A kill leaves little, and not each time: some of every kind are added.
  const planted = [randomUUID(), randomUUID(), randomUUID()];
  for (const [at, name] of planted.entries()) {
    const shelf = join(exchange.dataDir, stores[at % 2]!, name.slice(0, 2));
    await mkdir(shelf, { recursive: true });
    await writeFile(join(shelf, name), 'an orphan');
  }
  await writeFile(join(exchange.dataDir, 'images/incoming', randomUUID()), 'half');
  await grownOld(exchange.dataDir);
  const dry = await sweep(exchange, me, '--dry-run');
  expect(dry).toMatchObject({ code: 0 });
  expect(dry.stdout).toMatch(/^To remove +\d+ objects?, /m);
  const swept = await sweep(exchange, me, '--many');
  expect(swept).toMatchObject({ code: 0 });
  expect(swept.stdout).toBe(dry.stdout.replace('To remove ', 'Removed   '));
  console.log(`${rounds} kills; ${swept.stdout.trim().replaceAll('\n', '; ')}`);

  await expectNoOrphans(exchange);
  for (const { study, digests } of sent) {
    const out = join(root, 'back');
    const [item] = (await ask(exchange, `/dicomweb/studies?StudyInstanceUID=${study}`, me)).json() as never[];
    expect(item).toBeDefined();
    expect(await fetchStudy(exchange, me, study, out)).toMatchObject({ code: 0 });
    const back = await digestsIn(out);
    expect(digests).toEqual(expect.arrayContaining(back));
    await rm(out, { recursive: true });
  }
  const { held } = (
    await ask(exchange, '/api/v1/held', { token: me.token, json: { sha256: sent.flatMap(({ digests }) => digests) } })
  ).json() as { held: string[] };
  expect(held.sort()).toEqual([...new Set(sent.flatMap(({ digests }) => digests))].sort());
}, 600_000);

test('the sweeps are in the audit, and the last one in the figures of the stores', async () => {
  const audit = (await ask(exchange, '/api/v1/audit?action=storage.sweep', me)).json() as {
    records: { kind: string }[];
  };
  expect(audit.records.map(({ kind }) => kind)).toEqual(['delete', 'read', 'delete']);
  const storage = (await ask(exchange, '/api/v1/storage', me)).json();
  expect(storage).toMatchObject({ state: 'ok', lastSweep: { found: { dryRun: false, young: 0, next: null } } });
});

test('a store of which the database knows little is not swept unless one insists', async () => {
  const shelf = join(exchange.dataDir, 'images/00');
  await mkdir(shelf, { recursive: true });
  const names = Array.from({ length: 200 }, () => `00${randomUUID().slice(2)}`);
  await Promise.all(names.map((name) => writeFile(join(shelf, name), 'not known')));
  await grownOld(exchange.dataDir);
  const refused = await sweep(exchange, me);
  expect(refused).toMatchObject({ code: 2 });
  expect(refused.stderr).toMatch(/are in no pack\. Is this the database/);
  expect((await readdir(shelf)).length).toBeGreaterThanOrEqual(200);
  expect(await sweep(exchange, me, '--many')).toMatchObject({ code: 0 });
  expect(await readdir(shelf)).not.toEqual(expect.arrayContaining(names.slice(0, 1)));
});
