import { ctStudy } from '@symbolon/testbed';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ConflictSite, conflictSite } from '../conflicts/conflict-site.testing.ts';
import { type ManifestInstance, PackReader, type StoredPack } from '../packs/index.ts';
import { type OpenSeries, type OpenStudy, SearchTokens } from '../studies/index.ts';
import type { FrameJob } from './frame-job.ts';
import { imageIdOf } from './image-id.ts';
import { renderFound } from './render-frame.ts';
import { RenderPool } from './render-pool.ts';
import { RenderingMemory } from './rendering-memory.ts';

const frames = 40;
const [rows, columns] = [512, 512];
const frameBytes = rows * columns * 2;
/** What is opened as one, at most. */
const segmentBytes = 1024 * 1024;

let site: ConflictSite;
beforeAll(async () => {
  site = await conflictSite();
});
afterAll(() => site?.stop());

/** One object of 40 frames, each filled with its own number. */
function fortyFrames(): Uint8Array<ArrayBuffer> {
  const pixels = new Uint8Array(frameBytes * frames);
  for (let frame = 0; frame < frames; frame += 1) pixels.fill(frame + 1, frame * frameBytes, (frame + 1) * frameBytes);
  const [file] = ctStudy({
    seed: 7300,
    slices: 1,
    rows,
    columns,
    extra: () => [
      ['0028,0008 IS NumberOfFrames', String(frames)],
      ['7FE0,0010 OW PixelData', pixels],
    ],
  });
  return file!.bytes as Uint8Array<ArrayBuffer>;
}

test('a frame of an object of forty costs its own bytes of the image store, and not the object’s', async () => {
  await site.send([fortyFrames()]);
  const read: (readonly [number, number])[] = [];
  const { imageBlobs, identityBlobs } = site.stores;
  const counted: typeof imageBlobs = {
    ...imageBlobs,
    read(name, start, end) {
      read.push([start, end]);
      return imageBlobs.read(name, start, end);
    },
  };
  const reader = new PackReader(site.deps.chains, { imageBlobs: counted, identityBlobs }, site.deps.database);
  const [study] = await site.studies();
  const [[pack]] = (await site.packsOf(study!.id, 'current')) as [[StoredPack]];
  const [instance] = (await reader.manifest(pack)).instances;
  const found = { pack, instance: instance! };
  const { pictures, stored } = new RenderingMemory(() => new Date());
  const picture = await pictures.open(reader, found);
  const bytesRead = () => read.splice(0).reduce((sum, [start, end]) => sum + end - start, 0);
  expect(bytesRead()).toBeLessThan(segmentBytes);
  for (const share of [false, true]) {
    for (const frame of [0, 19, 39]) {
      const { bytes } = await pictures.frame(reader, found, picture, frame, share);
      expect(bytes.length).toBe(frameBytes);
      expect(bytes.every((byte) => byte === frame + 1)).toBe(true);
      expect(bytes.buffer instanceof SharedArrayBuffer).toBe(share);
      // The segments in which it begins and ends are read whole.
      expect(bytesRead()).toBeLessThan(frameBytes + 2 * segmentBytes + 64 * 1024);
    }
  }
  // As it is stored, too, and of a range of it that range.
  const frameOf = await stored.open(reader, found);
  expect(bytesRead()).toBeLessThan(segmentBytes);
  const last = await stored.frame(reader, found, frameOf, 39);
  expect([last.bytes, last.bitOffset]).toEqual([frameBytes, 0]);
  const taken: Uint8Array[] = [];
  for await (const piece of last.pieces(10, 30)) taken.push(piece);
  expect(Buffer.concat(taken)).toEqual(Buffer.alloc(20, 40));
  expect(bytesRead()).toBeLessThan(2 * segmentBytes);
});

test('who has a list of images is shown the light ones of them while codecs are stuck in all places, at the first look as well', async () => {
  const [file] = ctStudy({ seed: 7304, slices: 1, rows: 16, columns: 16 });
  await site.send([file!.bytes as Uint8Array<ArrayBuffer>]);
  const { deps } = site;
  const study = (await site.studies()).at(-1)!;
  const [[pack]] = (await site.packsOf(study.id, 'current')) as [[StoredPack]];
  const [instance] = (await deps.reader.manifest(pack)).instances;
  const found = { pack, instance: instance! };
  const program = new URL('./stuck.worker.fixture.ts', import.meta.url);
  const pool = new RenderPool({ workers: 1, jobMs: 60_000, program });
  const never = new AbortController().signal;
  const frame = { bytes: Uint8Array.of(0), bitOffset: 0, kind: 'integer', vr: 'OB' };
  const job = { source: { kind: 'encoded', frame } } as unknown as FrameJob;
  const stuck = [1, 2].map(() => pool.render(async () => job, never, 'others').catch(() => 'ended'));
  try {
    const memory = new RenderingMemory(() => new Date());
    expect(memory.series.knowsLight(found)).toBe(false);
    const { accountId, studyId, seriesId } = pack;
    const open = { place: { accountId, studyId }, row: { id: studyId } } as OpenStudy;
    await memory.series.list(deps, open, { row: { id: seriesId } } as OpenSeries);
    expect([memory.series.knowsLight(found), memory.pictures.known(found)]).toEqual([true, undefined]);
    const asked = { invert: false, overlays: true, format: 'jpeg' } as const;
    const { bytes } = await renderFound({ ...deps, pool }, memory, site.actor, found, 1, asked, never);
    expect([...bytes.subarray(0, 2)]).toEqual([0xff, 0xd8]);
  } finally {
    await pool.close();
  }
  expect(await Promise.all(stuck)).toEqual(['ended', 'ended']);
});

test('of a pack that is erased while its headers are read nothing is kept of them', async () => {
  const [file] = ctStudy({ seed: 7301, slices: 1, rows: 16, columns: 16 });
  await site.send([file!.bytes as Uint8Array<ArrayBuffer>]);
  const { deps } = site;
  const study = (await site.studies()).at(-1)!;
  const [[pack]] = (await site.packsOf(study.id, 'current')) as [[StoredPack]];
  const [instance] = (await deps.reader.manifest(pack)).instances;
  const memory = new RenderingMemory(() => new Date());
  const asked: string[] = [];
  let erasing = true;
  class Erased extends PackReader {
    override manifests(...args: Parameters<PackReader['manifests']>) {
      return this.#after('manifests', super.manifests(...args));
    }
    override identityHalves(...args: Parameters<PackReader['identityHalves']>) {
      return this.#after('halves', super.identityHalves(...args));
    }
    #after<T>(what: string, read: Promise<T>): Promise<T> {
      asked.push(what);
      return read.finally(() => erasing && memory.forget([pack.packId]));
    }
  }
  const reader = new Erased(deps.chains, site.stores, deps.database);
  const { accountId, studyId, seriesId } = pack;
  const open = { place: { accountId, studyId }, row: { id: studyId } } as OpenStudy;
  const series = { row: { id: seriesId } } as OpenSeries;
  const imageId = imageIdOf(await SearchTokens.of(deps.chains, accountId), instance!.sopInstanceUid);
  const found = { pack, instance: instance! };
  const roads: readonly (() => Promise<unknown>)[] = [
    () => memory.finder.find({ ...deps, reader }, open, imageId),
    () => memory.pictures.open(reader, found),
    () => memory.stored.open(reader, found),
    () => memory.series.list({ ...deps, reader }, open, series),
  ];
  for (const road of roads) {
    const read: boolean[] = [];
    for (erasing of [true, false, false]) {
      asked.length = 0;
      await road();
      read.push(asked.length > 0);
    }
    // What was read during the erasure is read again, and kept only then.
    expect(read).toEqual([true, true, false]);
  }
});

test('a picture whose pack is erased while it is made is not found; the erasure of another costs it nothing', async () => {
  const [file] = ctStudy({ seed: 7302, slices: 1, rows: 16, columns: 16 });
  await site.send([file!.bytes as Uint8Array<ArrayBuffer>]);
  const { deps } = site;
  const study = (await site.studies()).at(-1)!;
  const [[pack]] = (await site.packsOf(study.id, 'current')) as [[StoredPack]];
  const [instance] = (await deps.reader.manifest(pack)).instances;
  const pool = new RenderPool({ workers: 1 });
  const asked = { invert: false, overlays: true, format: 'png' } as const;
  const pictureWhile = (erasure: (memory: RenderingMemory) => Promise<void>) => {
    const memory = new RenderingMemory(() => new Date());
    class Erased extends PackReader {
      override async identityHalves(...args: Parameters<PackReader['identityHalves']>) {
        const halves = await super.identityHalves(...args);
        await erasure(memory);
        return halves;
      }
    }
    const reader = new Erased(deps.chains, site.stores, deps.database);
    const found = { pack, instance: instance! };
    const { signal } = new AbortController();
    return renderFound({ ...deps, reader, pool }, memory, site.actor, found, 1, asked, signal);
  };
  try {
    const other = await pictureWhile(async (memory) => memory.forget(['another']));
    expect(other.bytes.length).toBeGreaterThan(50);
    const gone = pictureWhile(async (memory) => {
      await deps.database.deleteFrom('packs').where('id', '=', pack.packId).execute();
      memory.forget([pack.packId]);
    });
    await expect(gone).rejects.toMatchObject({ code: 'STUDY_NOT_FOUND' });
  } finally {
    await pool.close();
  }
});

test('the head of an image half is read once, its sealed bytes are given back, and without its key nothing is opened', async () => {
  const [file] = ctStudy({ seed: 7303, slices: 1, rows: 64, columns: 64 });
  await site.send([file!.bytes as Uint8Array<ArrayBuffer>]);
  const study = (await site.studies()).at(-1)!;
  const [[pack]] = (await site.packsOf(study.id, 'current')) as [[StoredPack]];
  const read: Uint8Array[] = [];
  const { imageBlobs, identityBlobs } = site.stores;
  const watched: typeof imageBlobs = {
    ...imageBlobs,
    async read(...asked) {
      const bytes = await imageBlobs.read(...asked);
      read.push(bytes);
      return bytes;
    },
  };
  const { chains, database } = site.deps;
  const reader = new PackReader(chains, { imageBlobs: watched, identityBlobs }, database);
  const [instance] = (await reader.manifest(pack)).instances as [ManifestInstance];
  const half = async (row = pack) => {
    const pieces: Uint8Array[] = [];
    for await (const piece of reader.imageHalf(row, instance)) pieces.push(piece);
    return Buffer.concat(pieces);
  };
  const first = await half();
  expect(first.length).toBe(instance.imageBytes);
  expect(await half()).toEqual(first);
  // Its head and its one segment, and the segment again; of what was opened nothing is left.
  expect(read.map(({ length }) => length)).toEqual([104, 0, 0]);
  // Of a row that says another place nothing opens that was kept.
  await expect(half({ ...pack, version: 3 })).rejects.toMatchObject({ code: 'PACK_DAMAGED' });
  const { patientId: family, studyId } = pack;
  await site.keys.store.remove([{ chain: 'image', kind: 'study', family, id: studyId }]);
  chains.forget([studyId]);
  await expect(half()).rejects.toMatchObject({ code: 'KEY_MISSING' });
});
