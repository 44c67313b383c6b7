import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ctStudy, type Exchange, type Owner, owner, type SyntheticFile, startExchange } from '@symbolon/testbed';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, multipart } from './ask.ts';
import { inDatabaseOf } from './database-of.ts';
import { digestOf, digestsIn, fetchStudy, folderOf, readReceipt, send } from './folder-of.ts';

let exchange: Exchange;
let me: Owner;
let root: string;
beforeAll(async () => {
  exchange = await startExchange();
  root = join(dirname(exchange.dataDir), 'files');
  await mkdir(root);
  me = await owner(exchange);
});
afterAll(() => exchange?.dispose());

const study = (seed: number, slices = 12): SyntheticFile[] => [...ctStudy({ seed, slices, rows: 64, columns: 64 })];

/** Files as a study's folder under a name of its own, and the receipt of sending it. */
async function sendAll(name: string, files: readonly { name: string; bytes: Uint8Array }[]) {
  const folder = join(root, name);
  const digests = await folderOf(folder, files);
  const result = await send(exchange, me, folder, `${folder}.receipt.json`);
  return { result, digests, receipt: () => readReceipt(`${folder}.receipt.json`) };
}

let fetches = 0;
async function fetched(uid: string): Promise<string[]> {
  fetches += 1;
  const out = join(root, `back-${fetches}`);
  expect(await fetchStudy(exchange, me, uid, out)).toMatchObject({ code: 0 });
  return digestsIn(out);
}

const asidePacks = (): Promise<number> =>
  inDatabaseOf(exchange, async (database) => {
    const rows = await database.selectFrom('packs').select('instance_count').where('state', '=', 'aside').execute();
    return rows.reduce((sum, row) => sum + row.instance_count, 0);
  });

async function countOf(uid: string): Promise<unknown> {
  const answer = await ask(exchange, `/dicomweb/studies?StudyInstanceUID=${uid}`, me);
  const items = answer.json() as Record<string, { Value: unknown[] }>[];
  return items.map((item) => item['00201208']!.Value[0]);
}

const bent = (file: SyntheticFile, bend: (bytes: Uint8Array) => void): { name: string; bytes: Uint8Array } => {
  const bytes = file.bytes.slice();
  bend(bytes);
  return { name: file.name, bytes };
};

test('a study sent again is already held, with exit code 0 and a receipt that says so', async () => {
  const files = study(51);
  expect((await sendAll('first', files)).result.code).toBe(0);
  const again = await sendAll('again', files);
  expect(again.result).toMatchObject({ code: 0, stdout: expect.stringContaining('Already held  12 files') });
  const { contents, statement } = await again.receipt();
  expect(contents.refused).toEqual([]);
  expect(contents.taken.map(({ path, sha256, outcome }) => [path, sha256, outcome])).toEqual(
    [...again.digests].map(([path, sha256]) => [path, sha256, 'already held']).sort(([a], [b]) => (a! < b! ? -1 : 1)),
  );
  expect(statement.instances.map(({ sha256 }) => sha256)).toEqual([...again.digests.values()].sort());
  // Over DICOMweb, where nobody asks first, the answer is the same.
  const stow = await ask(exchange, '/dicomweb/studies', { ...multipart([files[0]!.bytes]), token: me.token });
  expect(stow.status).toBe(200);
  expect((stow.json() as { '00081199': { Value: unknown[] } })['00081199'].Value).toMatchObject([
    { '00091001': { Value: [digestOf(files[0]!.bytes)] }, '00091003': { Value: ['ALREADY_HELD'] } },
  ]);
  expect(await countOf(files[0]!.studyInstanceUid)).toEqual([12]);
});

test('the same data set behind another preamble or meta group is already held, and the first file stays', async () => {
  const files = study(52, 2);
  const first = await sendAll('preamble-first', files);
  const [one, two] = files as [SyntheticFile, SyntheticFile];
  const others = [
    bent(one, (bytes) => bytes.set([0x49, 0x49, 0x2a, 0, 8, 0, 0, 0])),
    // The last byte before the data set belongs to the last element of the meta group; (0008,0005) begins the data set.
    bent(two, (bytes) => {
      const at = Buffer.from(bytes.buffer).indexOf(Buffer.from([0x08, 0x00, 0x05, 0x00, 0x43, 0x53]));
      const name = Buffer.from(bytes.buffer, 0, at).lastIndexOf('SYMBOLON');
      bytes[name < 0 ? at - 1 : name] = 0x58;
    }),
  ];
  const again = await sendAll('preamble-other', others);
  expect(again.result).toMatchObject({ code: 0 });
  const { contents } = await again.receipt();
  expect(contents.refused).toEqual([]);
  for (const entry of contents.taken) {
    expect(entry).toMatchObject({
      outcome: 'already held',
      sha256: again.digests.get(entry.path),
      held: first.digests.get(entry.path),
    });
    expect(entry.held).not.toBe(entry.sha256);
  }
  expect(contents.taken).toHaveLength(2);
  expect(await fetched(one.studyInstanceUid)).toEqual([...first.digests.values()].sort());
  expect(await asidePacks()).toBe(0);
});

test('other bytes under the same SOP Instance UID are kept aside once, however often they are sent, and the first stays', async () => {
  const files = study(53, 3);
  const first = await sendAll('conflict-first', files);
  const middle = bent(files[1]!, (bytes) => {
    bytes[bytes.length - 1000]! ^= 0xff;
  });
  const sent = [files[0]!, middle, files[2]!];
  for (const round of [1, 2, 3]) {
    const { result, receipt } = await sendAll(`conflict-${round}`, sent);
    expect(result).toMatchObject({ code: 3, stdout: expect.stringContaining('CONFLICT_KEPT_ASIDE') });
    const { contents } = await receipt();
    expect(contents.refused).toEqual([
      {
        path: middle.name,
        sha256: digestOf(middle.bytes),
        code: 'CONFLICT_KEPT_ASIDE',
        reason: expect.stringContaining('sending it again changes nothing'),
      },
    ]);
    expect(contents.taken).toMatchObject([{ outcome: 'already held' }, { outcome: 'already held' }]);
    expect(await asidePacks()).toBe(1);
  }
  expect(await fetched(files[0]!.studyInstanceUid)).toEqual([...first.digests.values()].sort());
  expect(await countOf(files[0]!.studyInstanceUid)).toEqual([3]);
  // Held means: what one would get back. What lies aside is not, and no receipt is signed for it.
  const held = await ask(exchange, '/api/v1/held', { token: me.token, json: { sha256: [digestOf(middle.bytes)] } });
  expect(held.json()).toEqual({ held: [] });
});

test('two who send the same folder at once: each instance is held once, and both get a receipt for all', async () => {
  const files = study(54, 80);
  const folder = join(root, 'two');
  const digests = [...(await folderOf(folder, files)).values()].sort();
  const receipts = ['a', 'b'].map((name) => `${folder}.${name}.json`);
  const results = await Promise.all(receipts.map((receipt) => send(exchange, me, folder, receipt)));
  expect(results).toMatchObject([{ code: 0 }, { code: 0 }]);
  const outcomes = new Map<string, string[]>();
  for (const receipt of receipts) {
    const { contents, statement } = await readReceipt(receipt);
    expect(contents.refused).toEqual([]);
    expect(statement.instances.map(({ sha256 }) => sha256)).toEqual(digests);
    for (const { sha256, outcome } of contents.taken) outcomes.set(sha256, [...(outcomes.get(sha256) ?? []), outcome]);
  }
  for (const both of outcomes.values()) expect(both).toHaveLength(2);
  expect(await countOf(files[0]!.studyInstanceUid)).toEqual([80]);
  expect(await fetched(files[0]!.studyInstanceUid)).toEqual(digests);
});

test('two who send different bytes under the same UIDs at once: one is held, the other kept aside, none is lost', async () => {
  const files = study(55, 30);
  // The first is the same in both, so that each sender has something to get a receipt for.
  const others = files.map((file, at) =>
    bent(file, (bytes) => {
      bytes[bytes.length - 1000]! ^= at === 0 ? 0 : 0x0f;
    }),
  );
  const before = await asidePacks();
  const [a, b] = await Promise.all([sendAll('racing-a', files), sendAll('racing-b', others)]);
  const [inA, inB] = [(await a.receipt()).contents, (await b.receipt()).contents];
  expect(inA.taken.length + inB.taken.length).toBe(31);
  const refused = [...inA.refused, ...inB.refused];
  expect(refused).toHaveLength(29);
  expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(['CONFLICT_KEPT_ASIDE']));
  expect(await asidePacks()).toBe(before + 29);
  expect(await fetched(files[0]!.studyInstanceUid)).toEqual(
    [...new Set([...inA.taken, ...inB.taken].map(({ sha256 }) => sha256))].sort(),
  );
});
