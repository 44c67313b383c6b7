import { setTimeout as pause } from 'node:timers/promises';
import { ctStudy, type Exchange, type Owner, owner, type SyntheticFile, startExchange } from '@symbolon/testbed';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { digestsOf, heldOf, instanceOf } from './all-back.ts';
import { ask, multipart } from './ask.ts';
import { inDatabaseOf } from './database-of.ts';
import { certified, eraseAt, studyIdOf } from './erasing.ts';
import { digestOf } from './folder-of.ts';

let exchange: Exchange;
let me: Owner;
beforeAll(async () => {
  exchange = await startExchange({ onDisk: true });
  me = await owner(exchange);
});
afterAll(() => exchange?.dispose());

const rounds = process.env.SYMBOLON_DRILL === '1' ? 60 : 4;

/** One study, each image of which came alone: a part of it takes as many rewrites as it has images. */
async function sentOneByOne(seed: number): Promise<SyntheticFile[]> {
  const files = [...ctStudy({ seed, slices: 12, rows: 16, columns: 16 })];
  for (const { bytes } of files)
    expect((await ask(exchange, '/dicomweb/studies', { ...multipart([bytes]), token: me.token })).status).toBe(200);
  return files;
}

type Listed = { erasures: { id: string }[] };
const listed = async () => ((await ask(exchange, '/api/v1/erasures', me)).json() as Listed).erasures;

test('an erasure that was accepted is done to its end however often the exchange is killed, and what stays comes back byte for byte', async () => {
  const [stays, gone]: [SyntheticFile[], SyntheticFile[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    const part = round % 2 === 0;
    const files = await sentOneByOne(6500 + round);
    const id = (await studyIdOf(exchange, me, files[0]!.studyInstanceUid))!;
    const only = { sopInstanceUids: files.slice(0, 4).map(({ sopInstanceUid }) => sopInstanceUid) };
    const asking = eraseAt(exchange, me, `studies/${id}/erasure`, part ? { only } : {}).catch(() => undefined);
    // The last is accepted in any case, however slow the machine.
    const moment = round === rounds - 1 ? asking : pause((round * 37) % 150);
    const accepted = (await Promise.race([asking, moment])) as Awaited<typeof asking>;
    await pause((round * 53) % 120);
    await exchange.kill9();
    await asking;
    await exchange.restart();
    // Accepted, it is done. Not answered, it is done whole or was never asked.
    const known = await listed();
    if (accepted) expect(known.length).toBeGreaterThan(round > 0 ? 0 : -1);
    for (const erasure of known) await certified(exchange, me, erasure.id);
    const held = new Set(await heldOf(exchange, me, files));
    const erasedFiles = part ? files.slice(0, 4) : files;
    const done = erasedFiles.every(({ bytes }) => !held.has(digestOf(bytes)));
    expect(done || erasedFiles.every(({ bytes }) => held.has(digestOf(bytes)))).toBe(true);
    if (accepted?.status === 202) expect(done).toBe(true);
    for (const file of files) (done && erasedFiles.includes(file) ? gone : stays).push(file);
  }
  expect(gone.length).toBeGreaterThan(0);
  expect(await heldOf(exchange, me, [...stays, ...gone])).toEqual(digestsOf(stays));
  for (const file of stays) expect(digestOf((await instanceOf(exchange, me, file)).body)).toBe(digestOf(file.bytes));
  const left = await inDatabaseOf(exchange, async (database) => [
    (await database.selectFrom('erasure_objects').selectAll().execute()).length,
    (await database.selectFrom('spent_keys').selectAll().execute()).length,
  ]);
  expect(left).toEqual([0, 0]);
}, 240_000);
