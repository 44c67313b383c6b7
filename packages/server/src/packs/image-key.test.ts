import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { derive, type KeyChains } from '../keys/index.ts';
import { BlobError, type BlobStore } from '../platform/blobs/blob-store.ts';
import { BoundedCache } from '../platform/bounded-cache.ts';
import type { Database } from '../platform/db/database.ts';
import type { Manifest } from './manifest.ts';
import { PackReader, type PackRow } from './open-pack.ts';

type Row = {
  account_id: string;
  study_id: string;
  series_id: string;
  id: string;
  version: number;
  image_key: string | null;
  identity_sealed_bytes: number;
  image_sealed_bytes: number;
};
type Pack = { name: string; row: Row; image: string | null; manifest: string };
const published = JSON.parse(
  readFileSync(new URL('../../../../docs/formats/vectors/pack.json', import.meta.url), 'utf8'),
) as {
  patient: string;
  wraps: { chain: string; studyKey: string }[];
  packs: Pack[];
  refused: (Omit<Pack, 'manifest'> & { manifest?: string; code: string })[];
};

const studyKeys = new Map(published.wraps.map(({ chain, studyKey }) => [chain, Buffer.from(studyKey, 'hex')]));
/** Keys out of the vectors: nothing else of a key store is asked for when an image half is opened. */
const chains = {
  pack: async (chain, _, seriesId, packId) =>
    derive(await derive(studyKeys.get(chain) as Uint8Array, 'series', chain, seriesId), 'pack', chain, packId),
} as Pick<KeyChains, 'pack'> as KeyChains;

async function open({ row, image }: Pick<Pack, 'row' | 'image'>, manifest: string): Promise<Buffer> {
  const bytes = image === null ? undefined : Buffer.from(image, 'base64');
  const read: BlobStore['read'] = async (_, from, to) => {
    if (bytes === undefined || to > bytes.length) throw new BlobError('BLOB_CUT_SHORT', 'it ends before');
    return bytes.subarray(from, to);
  };
  const stores = { imageBlobs: { read } as BlobStore, identityBlobs: { read } as BlobStore };
  const pack: PackRow = {
    accountId: row.account_id,
    patientId: published.patient,
    studyId: row.study_id,
    keyId: row.study_id,
    seriesId: row.series_id,
    packId: row.id,
    version: row.version,
    imageKey: row.image_key === null ? null : Buffer.from(row.image_key, 'base64'),
    identitySealedBytes: row.identity_sealed_bytes,
    imageSealedBytes: row.image_sealed_bytes,
  };
  const [instance] = (JSON.parse(manifest) as Manifest).instances;
  const pieces: Uint8Array[] = [];
  // Keeps nothing: each half is opened from its head on.
  const opened = { manifests: new BoundedCache<Manifest>(0), identities: new BoundedCache<Uint8Array>(0) };
  for await (const piece of new PackReader(chains, stores, {} as Database, opened).imageHalf(pack, instance!))
    pieces.push(piece);
  return Buffer.concat(pieces);
}

const withImages = published.packs.filter(({ image }) => image !== null);
const halfOf = ({ manifest }: Pack): number => (JSON.parse(manifest) as Manifest).instances[0]!.imageBytes;

test.each(withImages)('$name: its image half opens', async (pack) => {
  expect((await open(pack, pack.manifest)).length).toBe(halfOf(pack));
});

// What is wrong with these rows is not in their manifest or their identity half.
const known = /image|object|version/;
const refused = published.refused.filter(({ name }) => known.test(name));

test('the vectors hold every way in which an image key may be wrong', () => {
  expect(refused.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['the image key of another pack', 'no image key', 'a changed image key']),
  );
});

test.each(refused)('$name: refused with $code, before a byte', async ({ row, image, manifest, code }) => {
  const of = withImages.find((pack) => pack.row.id === row.id)!;
  await expect(open({ row, image }, manifest ?? of.manifest)).rejects.toMatchObject({ name: 'PacksError', code });
});
