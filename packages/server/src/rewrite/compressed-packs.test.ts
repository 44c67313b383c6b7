import { colourStudy, ctStudy, multiframeStudy } from '@symbolon/testbed';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ConflictSite, conflictSite, sha256Of } from '../conflicts/conflict-site.testing.ts';
import { joinHalves, type ManifestInstance, type PackReader, type StoredPack } from '../packs/index.ts';
import { type RewritePolicy, rewrite } from './rewrite.ts';
import { writeAsToday, writeCompressed } from './write-pack.ts';

let site: ConflictSite;
beforeAll(async () => {
  site = await conflictSite();
});
afterAll(() => site?.stop());

const compress: RewritePolicy = { purpose: 'compression', write: writeCompressed };
const joining: RewritePolicy = { purpose: 'compaction', write: writeAsToday };

async function sent(groups: readonly (readonly Uint8Array[])[]): Promise<StoredPack[][]> {
  const before = new Set((await site.studies()).map(({ id }) => id));
  for (const group of groups) await site.send(group.map((bytes) => new Uint8Array(bytes)));
  const study = (await site.studies()).find(({ id }) => !before.has(id))!.id;
  return site.packsOf(study, 'current');
}

async function packOf(id: string | undefined, like: StoredPack): Promise<StoredPack> {
  const all = (await site.packsOf(like.studyId, 'current')).flat();
  return all.find(({ packId }) => packId === id)!;
}

const instancesOf = async (pack: StoredPack) => (await site.deps.reader.manifest(pack)).instances;

async function fileOfInstance(pack: StoredPack, instance: ManifestInstance): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of joinHalves(site.deps.reader, pack, instance, true)) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function rangeOf(pack: StoredPack, instance: ManifestInstance, start: number, end: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of site.deps.reader.imageRange(pack, instance, start, end)) pieces.push(piece);
  return Buffer.concat(pieces);
}
const bytesOf = (files: Iterable<{ bytes: Uint8Array }>) => [...files].map(({ bytes }) => new Uint8Array(bytes));

test('a pack that is compressed takes less room, and every file and every range of it is as it was', async () => {
  const files = bytesOf(ctStudy({ seed: 7100, slices: 4, rows: 512, columns: 400 }));
  const [[pack]] = (await sent([files])) as [[StoredPack]];
  const before = await instancesOf(pack);
  const halves = await Promise.all(before.map((one) => rangeOf(pack, one, 0, one.imageBytes)));
  const smaller = await packOf(await rewrite(site.rewriting, [pack], compress), pack);
  expect(smaller.version).toBe(3);
  expect(smaller.imageSealedBytes).toBeLessThan(0.8 * pack.imageSealedBytes);
  const after = await instancesOf(smaller);
  for (const [at, instance] of after.entries()) {
    expect(sha256Of(await fileOfInstance(smaller, instance))).toBe(sha256Of(files[at]!));
    expect(instance.compressed).toMatchObject({ wordBytes: 2, across: 1, row: 400 });
    for (const [start, end] of [
      [0, 12],
      [12, 13],
      [5, 262_000],
      [262_155, 262_157],
      [300_000, 300_000],
      [instance.imageBytes - 1, instance.imageBytes],
    ] as const)
      expect(await rangeOf(smaller, instance, start, end)).toEqual(halves[at]!.subarray(start, end));
  }
});

test('frames are cut apart and small ones put together; colours and odd lengths come back, too', async () => {
  const studies = [
    bytesOf(multiframeStudy({ seed: 7110, frames: 20, rows: 97, columns: 95 })),
    bytesOf(colourStudy({ seed: 7120, images: 2 })),
    bytesOf(colourStudy({ seed: 7130, images: 2, rows: 501, columns: 703 })),
  ];
  for (const files of studies) {
    const back: string[] = [];
    for (const [pack] of (await sent([files])) as [StoredPack][]) {
      const smaller = await packOf(await rewrite(site.rewriting, [pack], compress), pack);
      for (const instance of await instancesOf(smaller)) back.push(sha256Of(await fileOfInstance(smaller, instance)));
      expect(smaller.imageSealedBytes).toBeLessThan(0.8 * pack.imageSealedBytes);
    }
    expect(back.sort()).toEqual(files.map(sha256Of).sort());
  }
});

test('packs that are compressed already are joined as they are stored', async () => {
  const files = bytesOf(ctStudy({ seed: 7200, slices: 3, rows: 128, columns: 128 }));
  const [[one, two, three]] = (await sent(files.map((file) => [file]))) as [[StoredPack, StoredPack, StoredPack]];
  const small = await packOf(await rewrite(site.rewriting, [two], compress), two);
  const [before] = await instancesOf(small);
  const joined = await packOf(await rewrite(site.rewriting, [one, small, three], joining), one);
  const after = await instancesOf(joined);
  expect(joined.version).toBe(3);
  expect(after.map(({ compressed }) => compressed)).toEqual([undefined, before!.compressed, undefined]);
  for (const [at, instance] of after.entries())
    expect(sha256Of(await fileOfInstance(joined, instance))).toBe(sha256Of(files[at]!));
});

test('what was compressed wrongly is not swapped in', async () => {
  const files = bytesOf(ctStudy({ seed: 7300, slices: 2, rows: 64, columns: 64 }));
  const [[pack]] = (await sent([files])) as [[StoredPack]];
  const wrong: RewritePolicy = {
    purpose: 'compression',
    write(own, place, sources) {
      async function* imageHalf(...given: Parameters<PackReader['imageHalf']>) {
        for await (const piece of own.reader.imageHalf(...given))
          yield piece.map((byte, at) => byte ^ (at === 999 ? 1 : 0));
      }
      return writeCompressed({ ...own, reader: { imageHalf } as PackReader }, place, sources);
    },
  };
  await expect(rewrite(site.rewriting, [pack], wrong)).rejects.toMatchObject({ code: 'REWRITE_NOT_EXACT' });
  expect(await packOf(pack.packId, pack)).toMatchObject({ version: 1 });
});
