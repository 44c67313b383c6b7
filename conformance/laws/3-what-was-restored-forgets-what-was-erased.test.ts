import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  ctStudy,
  type Exchange,
  type Owner,
  onFolders,
  owner,
  type SyntheticFile,
  startExchange,
} from '@symbolon/testbed';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { digestsOf, heldOf, instanceOf } from './all-back.ts';
import { ask, multipart } from './ask.ts';
import { inDatabaseOf } from './database-of.ts';
import { certified, erased, studyIdOf } from './erasing.ts';
import { digestOf } from './folder-of.ts';

let exchange: Exchange;
let me: Owner;
let copies: string;
let seeds = 6400;

async function sent(options: object = {}): Promise<{ id: string; files: SyntheticFile[] }> {
  seeds += 1;
  const files = [...ctStudy({ seed: seeds, slices: 2, series: 2, rows: 16, columns: 16, ...options })];
  const answer = await ask(exchange, '/dicomweb/studies', {
    ...multipart(files.map(({ bytes }) => bytes)),
    token: me.token,
  });
  expect(answer.status).toBe(200);
  return { files, id: (await studyIdOf(exchange, me, files[0]!.studyInstanceUid))! };
}

async function expectThere({ files }: { files: SyntheticFile[] }): Promise<void> {
  for (const file of files) expect(digestOf((await instanceOf(exchange, me, file)).body)).toBe(digestOf(file.bytes));
}

const wrapsOf = (id: string): number => {
  const database = new DatabaseSync(join(exchange.keysDir, 'key-store.sqlite'), { readOnly: true });
  try {
    return Number(database.prepare('select count(*) as count from wraps where id = ?').get(id)!.count);
  } finally {
    database.close();
  }
};

/** Puts a folder back as it was, while the exchange stands still. */
async function putBack(folder: string, copy: string): Promise<void> {
  expect(await exchange.stop()).toBe(0);
  await rm(folder, { recursive: true });
  // With owners: the database's files are not root's.
  execFileSync('cp', ['-a', copy, folder]);
}

async function copyOf(folder: string, name: string): Promise<string> {
  expect(await exchange.stop()).toBe(0);
  const copy = join(copies, name);
  execFileSync('cp', ['-a', folder, copy]);
  await exchange.restart();
  return copy;
}

onFolders(() => {
  beforeAll(async () => {
    copies = await mkdtemp('/tmp/sx-old-');
    await chmod(copies, 0o711);
    exchange = await startExchange();
    me = await owner(exchange);
  });
  afterAll(async () => {
    await exchange?.dispose();
    await rm(copies, { recursive: true, force: true });
  });

  test('an older copy of the keys is brought up to what the database says was erased', async () => {
    const [gone, stays] = [await sent(), await sent()];
    const copy = await copyOf(exchange.keysDir, 'keys');
    await erased(exchange, me, `studies/${gone.id}/erasure`);
    await putBack(exchange.keysDir, copy);
    expect(wrapsOf(gone.id)).toBe(3);
    await exchange.restart();
    expect(exchange.output()).toMatch(/Erasures +applied to what was restored: 0 studies, 0 patients, \d+ keys/);
    expect(wrapsOf(gone.id)).toBe(0);
    await expectThere(stays);
    expect(await heldOf(exchange, me, [...gone.files, ...stays.files])).toEqual(digestsOf(stays.files));
  }, 180_000);

  test('an older copy of everything but the keys loses what was erased before anybody is served, and it is certified anew', async () => {
    const [gone, stays] = [await sent(), await sent()];
    const person = { patientName: 'Rest^Rita', patientId: 'RITA-1' };
    const [one, two] = [await sent({ person }), await sent({ person })];
    const copy = await copyOf(exchange.dataDir, 'data');
    const { erasure } = await erased(exchange, me, `studies/${gone.id}/erasure`);
    const patient = await erased(exchange, me, `studies/${one.id}/patient/erasure`);
    await putBack(exchange.dataDir, copy);
    await exchange.restart();
    expect(exchange.output()).toMatch(/Erasures +applied to what was restored: 3 studies, 2 patients, 0 keys/);
    const all = [...gone.files, ...one.files, ...two.files, ...stays.files];
    for (const file of [...gone.files, ...one.files, ...two.files])
      expect((await instanceOf(exchange, me, file)).status).toBe(404);
    await expectThere(stays);
    expect(await heldOf(exchange, me, all)).toEqual(digestsOf(stays.files));
    for (const { id } of [erasure, patient.erasure]) {
      expect(await certified(exchange, me, id)).toMatchObject({ state: 'certified', failure: null });
    }
    const left = await inDatabaseOf(exchange, (database) =>
      database.selectFrom('erasure_objects').selectAll().execute(),
    );
    expect(left).toEqual([]);
    // Once is enough: the next start has nothing to do.
    const said = exchange.output().length;
    await exchange.restart();
    expect(exchange.output().slice(said)).not.toMatch(/Erasures/);
    await expectThere(stays);
  }, 180_000);

  test('of a study of which a part was erased, a copy from before opens nothing, and the study goes', async () => {
    const part = await sent();
    const copy = await copyOf(exchange.dataDir, 'part');
    await erased(exchange, me, `studies/${part.id}/erasure`, {
      only: { sopInstanceUids: [part.files[0]!.sopInstanceUid] },
    });
    await expectThere({ files: part.files.slice(1) });
    await putBack(exchange.dataDir, copy);
    await exchange.restart();
    for (const file of part.files) expect((await instanceOf(exchange, me, file)).status).toBe(404);
    expect(await heldOf(exchange, me, part.files)).toEqual([]);
  }, 180_000);
});
