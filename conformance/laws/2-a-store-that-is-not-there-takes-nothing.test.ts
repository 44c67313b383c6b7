import { mkdir, rename, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ctStudy, type Exchange, type Owner, owner, startExchange } from '@symbolon/testbed';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, multipart } from './ask.ts';

let exchange: Exchange;
let me: Owner;
let images: string;
let seed = 8600;
beforeAll(async () => {
  exchange = await startExchange({ onDisk: true });
  me = await owner(exchange);
  images = join(exchange.dataDir, 'images');
});
afterAll(() => exchange?.dispose());

async function store(): Promise<{ status: number; uid: string }> {
  seed += 1;
  const [file] = ctStudy({ seed, slices: 1, rows: 32, columns: 32 });
  const { body, headers } = multipart([file!.bytes]);
  const { status } = await ask(exchange, '/dicomweb/studies', { token: me.token, body, headers });
  return { status, uid: file!.studyInstanceUid };
}

const fetched = async (uid: string): Promise<number> => {
  const accept = 'multipart/related; type="application/dicom"; transfer-syntax=*';
  return (await ask(exchange, `/dicomweb/studies/${uid}`, { token: me.token, headers: { accept } })).status;
};

test('while the disk of the images is not there nothing is taken, and it says so; when it is back, all is as it was', async () => {
  const before = await store();
  expect(before.status).toBe(200);
  // What an unmounted disk leaves: an empty folder of the same name.
  await rename(images, `${images}.away`);
  await mkdir(images);
  for (const _ of Array.from({ length: 8 })) expect((await store()).status).toBe(503);
  expect((await ask(exchange, '/readyz')).status).toBe(503);
  // It is as empty as it was, so that it can be mounted over.
  await rmdir(images);
  await rename(`${images}.away`, images);
  expect((await ask(exchange, '/readyz')).status).toBe(200);
  expect((await store()).status).toBe(200);
  expect(await fetched(before.uid)).toBe(200);
});

test('an exchange does not start on an empty store of which its database knows objects, and says what to do', async () => {
  const { uid } = await store();
  expect(await exchange.stop()).toBe(0);
  await rename(images, `${images}.away`);
  await expect(exchange.restart()).rejects.toThrow(/is empty, and the database knows of objects in it/);
  await rm(images, { recursive: true, force: true });
  await rename(`${images}.away`, images);
  // One of an earlier version has no mark yet: it holds objects, and gets one.
  await rmdir(join(images, 'symbolon-store'));
  await exchange.restart();
  expect((await store()).status).toBe(200);
  expect(await fetched(uid)).toBe(200);
});
