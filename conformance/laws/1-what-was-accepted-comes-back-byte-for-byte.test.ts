import { mkdir, readFile, rm } from 'node:fs/promises';
import { Agent } from 'node:https';
import { dirname, join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { DicomError, instanceUids, parseFile } from '@symbolon/dicom';
import { cli, type Exchange, exoticFiles, type Owner, owner, realFiles, startExchange } from '@symbolon/testbed';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from './ask.ts';
import { inDatabaseOf } from './database-of.ts';
import { digestOf, digestsIn, fetchStudy, folderOf, type ReceiptFile, readReceipt, send } from './folder-of.ts';

let exchange: Exchange;
let me: Owner;
let root: string;
let digests: Map<string, string>;
let receipt: ReceiptFile;
let summary: string;

const real = realFiles();
const exotic = exoticFiles(41);

beforeAll(async () => {
  exchange = await startExchange({ env: { SYMBOLON_COMPRESSION: 'on' } });
  root = join(dirname(exchange.dataDir), 'all');
  await mkdir(root);
  me = await owner(exchange);
  const files = await Promise.all(
    real.map(async ({ path, name, source }) => ({ name: `${source}/${name}`, bytes: await readFile(path) })),
  );
  digests = await folderOf(join(root, 'cd'), [...files, ...exotic]);
  const result = await send(exchange, me, join(root, 'cd'), join(root, 'receipt.json'), { timeoutMs: 170_000 });
  // Among real files there are some that must be refused; ours are all to be taken.
  expect(result.code, result.stderr).toBe(real.length > 0 ? 3 : 0);
  summary = result.stdout;
  receipt = await readReceipt(join(root, 'receipt.json'));
}, 180_000);
afterAll(() => exchange?.dispose());

test('every file is named in the receipt once, as taken or with the reason why not, or was left out as no image', () => {
  const { taken, refused } = receipt.contents;
  const named = [...taken, ...refused].map(({ path }) => path);
  expect(new Set(named).size).toBe(named.length);
  const leftOut = [...summary.matchAll(/^Left out +(\d+) /gm)].reduce((sum, [, count]) => sum + Number(count), 0);
  expect(named.length + leftOut).toBe(digests.size);
  for (const { path, sha256 } of taken) expect({ path, sha256 }).toEqual({ path, sha256: digests.get(path) });
  for (const { path, code, reason } of refused) {
    expect(code, path).toMatch(/^[A-Z][A-Z_]+$/);
    expect(reason.length, path).toBeGreaterThan(10);
  }
  // Whoever is held under another digest names it, and it is one of those that came with it.
  for (const { held } of taken) if (held !== undefined) expect([...digests.values()]).toContain(held);
});

const inflateRaw = (bytes: Uint8Array, maxOutputLength: number) => inflateRawSync(bytes, { maxOutputLength });

/** What the product's own reader makes of a file: only to know which files are versions of one instance. */
function sopInstanceUidOf(bytes: Uint8Array): string | undefined {
  try {
    return instanceUids(parseFile(bytes, { inflateRaw, maxInflatedBytes: 2 ** 26 }).dataset).sopInstanceUid;
  } catch (error) {
    if (error instanceof DicomError) return undefined;
    throw error;
  }
}

test('a conflict is only said of a file that shares its SOP Instance UID with another one', async () => {
  const versions = new Map<string, string[]>();
  for (const path of digests.keys()) {
    const uid = sopInstanceUidOf(await readFile(join(root, 'cd', path)));
    if (uid !== undefined) versions.set(uid, [...(versions.get(uid) ?? []), path]);
  }
  const several = new Set([...versions.values()].filter((paths) => paths.length > 1).flat());
  const conflicts = receipt.contents.refused.filter(({ code }) => code === 'CONFLICT_KEPT_ASIDE');
  expect(conflicts.filter(({ path }) => !several.has(path))).toEqual([]);
  // Of the versions of one instance, one is held.
  const taken = new Set(receipt.contents.taken.map(({ path }) => path));
  for (const { path } of conflicts) {
    const others = [...versions.values()].find((paths) => paths.includes(path))!;
    expect(others.some((other) => taken.has(other))).toBe(true);
  }
});

test('exotic files, and files of the corpus that count as valid, are taken: conflicts, those without a UID and bare data sets apart', async () => {
  // A data set is valid as such without the UIDs by which an instance is kept; nobody could ask for it again.
  const apart = new Set(['CONFLICT_KEPT_ASIDE', 'DICOM_UID_MISSING', 'DICOM_UID_INVALID']);
  const refused = receipt.contents.refused.filter(({ code }) => !apart.has(code));
  const valid = new Set([
    ...exotic.map(({ name }) => name),
    ...real.filter(({ class: kind }) => kind?.startsWith('valid')).map(({ source, name }) => `${source}/${name}`),
  ]);
  for (const { path, code } of refused.filter((entry) => valid.has(entry.path))) {
    // Not a file of Part 10: "DICM" does not stand where it must.
    expect({ path, code }).toEqual({ path, code: 'NOT_DICOM' });
    expect((await readFile(join(root, 'cd', path))).toString('latin1', 128, 132), path).not.toBe('DICM');
  }
  const ours = new Set(exotic.map(({ name }) => name));
  expect(receipt.contents.refused.filter(({ path }) => ours.has(path))).toEqual([]);
});

/** Twins travel once and are held once; a file that was held already comes back as the one that stayed. */
const expectedBack = (): string[] =>
  [...new Set(receipt.contents.taken.map(({ sha256, held }) => held ?? sha256))].sort();

async function studiesHeld(): Promise<string[]> {
  const studies: string[] = [];
  for (;;) {
    const page = await ask(exchange, `/dicomweb/studies?limit=50&offset=${studies.length}`, me);
    expect(page.status).toBe(200);
    const items = page.json() as Record<string, { Value: string[] }>[];
    if (items.length === 0) return studies;
    studies.push(...items.map((item) => item['0020000D']!.Value[0]!));
  }
}

/** A program is started for each study that is fetched: the drill fetches all of them. */
const fetched = (_: string, at: number): boolean => process.env.SYMBOLON_DRILL === '1' || at % 8 === 0;

test('every study lists the files that were sent, and "fetch" writes just these, byte for byte', async () => {
  const studies = await studiesHeld();
  expect(new Set(studies).size).toBe(studies.length);
  const originals = new Map<string, string[]>();
  for (const study of studies) originals.set(study, (await listedIn(await idOf(study))).sort());
  expect([...originals.values()].flat().sort()).toEqual(expectedBack());
  const waiting = studies.filter(fetched).entries();
  const worker = async () => {
    for (const [at, study] of waiting) {
      const out = join(root, `back-${at}`);
      const result = await fetchStudy(exchange, me, study, out);
      expect({ study, ...result }).toMatchObject({ code: 0 });
      expect(await digestsIn(out)).toEqual(originals.get(study));
      await rm(out, { recursive: true });
    }
  };
  await Promise.all([worker(), worker()]);
}, 600_000);

async function idOf(studyInstanceUid: string): Promise<string> {
  const found = await ask(exchange, '/api/v1/studies/find', { token: me.token, json: { studyInstanceUid } });
  return (found.json() as { studies: { id: string }[] }).studies[0]!.id;
}

type Page = { packs: { id: string; instances: { sha256: string; bytes: number }[] }[]; next: string | null };

/** The digests of a study's originals, as the exchange says them. */
async function listedIn(study: string): Promise<string[]> {
  const found: string[] = [];
  for (let after: string | null = ''; after !== null; ) {
    const path = `/api/v1/studies/${study}/originals${after === '' ? '' : `?after=${after}`}`;
    const page = (await ask(exchange, path, me)).json() as Page;
    found.push(...page.packs.flatMap(({ instances }) => instances.map(({ sha256 }) => sha256)));
    after = page.next;
  }
  return found;
}

/** The digests of all originals of a study, by what was received of them. */
async function originalsOf(study: string): Promise<string[]> {
  const found: string[] = [];
  for (let after: string | null = ''; after !== null; ) {
    const path = `/api/v1/studies/${study}/originals`;
    const page = (await ask(exchange, `${path}${after === '' ? '' : `?after=${after}`}`, me)).json() as Page;
    for (const { id, instances } of page.packs) {
      const { body } = await ask(exchange, `${path}/${id}`, me);
      let at = 0;
      for (const { bytes } of instances) {
        found.push(digestOf(body.subarray(at, at + bytes)));
        at += bytes;
      }
    }
    after = page.next;
  }
  return found;
}

/** The first and the last frame of an image of every sixth series, as they are shown: all would take a minute. */
async function framesShown(): Promise<Record<string, string>> {
  const shown: Record<string, string> = {};
  const agent = new Agent({ keepAlive: true });
  const question = { token: me.token, agent };
  const series = await inDatabaseOf(exchange, (database) =>
    database.selectFrom('series').select(['id', 'study_id as study']).orderBy('id').execute(),
  );
  for (const { id: of, study } of series.filter((_, at) => at % 6 === 0)) {
    const list = await ask(exchange, `/api/v1/studies/${study}/series/${of}/images`, question);
    // All of it was kept aside.
    if (list.status === 404) continue;
    const { images } = list.json() as { images: { id: string; frames: number; refusal: string | null }[] };
    const image = images.find(({ refusal }) => refusal === null);
    for (const frame of new Set(image ? [1, image.frames] : [])) {
      const path = `/api/v1/studies/${study}/images/${image?.id}/frames/${frame}`;
      const { status, body } = await ask(exchange, path, question);
      shown[path] = `${status} ${digestOf(body)}`;
    }
  }
  agent.destroy();
  return shown;
}

test('compressed, every file is still what was sent, and every frame is shown as before', async () => {
  const ids: string[] = [];
  for (const study of await studiesHeld()) ids.push(await idOf(study));
  const before = await framesShown();
  expect(Object.keys(before).length).toBeGreaterThan(5);
  const compact = ['compact', '--now', '--wait', '--to', exchange.url, '--token-file', me.tokenFile];
  const done = await cli(compact, { exchange, timeoutMs: 240_000 });
  expect(done).toMatchObject({ code: 0 });
  expect(done.stdout).toMatch(/^Compressed +[1-9]\d* packs: /m);
  const back: string[] = [];
  for (const id of ids) back.push(...(await originalsOf(id)));
  expect(back.sort()).toEqual(expectedBack());
  expect(await framesShown()).toEqual(before);
}, 600_000);
