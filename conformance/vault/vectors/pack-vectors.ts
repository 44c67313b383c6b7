import { type Cut, parseFile, split } from '../../../packages/dicom/src/index.ts';
import { type SampleGrid, toPlanes } from '../../../packages/pixels/src/index.ts';
import { context, deriveKey, sealWhole, wrapKey } from '../../../packages/vault/src/index.ts';
import { nodePrimitives as p } from '../node-primitives.ts';
import { base64, chosen, counting, drawing, hex, sha256 } from './fixed.ts';
import { rawZstd, runZstd } from './raw-zstd.ts';
import { part10 } from './small-part10.ts';

type Chain = 'identity' | 'image';
type Half = 'manifest' | 'identity' | 'image';
type Ids = typeof ids;
type Keys = Readonly<Record<Chain, Uint8Array>>;
type Row = Awaited<ReturnType<typeof sealedPack>>;

const none = new Uint8Array(0);
const ids = {
  account_id: '3f0d2c58-6a51-4a6e-9d0b-1f3c5b7a9e10',
  study_id: '52a9f0c1-7e3d-4b86-8c15-a0b1c2d3e4f5',
  series_id: '7b1e4a90-25c3-4f8d-8e62-0d9a6c4b2f31',
  id: 'c4a8e2d6-91b7-4035-a2f4-5e6d7c8b9a02',
};
const patientId = 'd81c6b5a-3f2e-4d09-9a78-6b5c4d3e2f10';

/** docs/formats/vectors/pack.json */
export async function packVectors() {
  const patientKeys: Keys = { identity: counting(0x10, 32), image: counting(0x30, 32) };
  const studyKeys: Keys = { identity: counting(0x50, 32), image: counting(0x70, 32) };
  const files = [
    part10('1.2.840.10008.5.1.4.1.1.7', '2.25.71', 'Doe^Jane', counting(0, 64)),
    part10('1.2.840.10008.5.1.4.1.1.7', '2.25.72', 'Doe^Jane', counting(64, 64)),
    part10('1.2.840.10008.5.1.4.1.1.88.11', '2.25.73', 'Doe^Jane'),
  ];
  const derived = await sealedPack('keys that follow from the study’s', 1, studyKeys, ids, files);
  const own = await sealedPack('an image key of its own', 2, studyKeys, { ...ids, id: otherId }, files.slice(0, 1));
  const reports = await sealedPack('no pixel data', 1, studyKeys, { ...ids, id: thirdId }, files.slice(2));
  const slopes = [
    part10('1.2.840.10008.5.1.4.1.1.7', '2.25.71', 'Doe^Jane', slope(false)),
    part10('1.2.840.10008.5.1.4.1.1.7', '2.25.72', 'Doe^Jane', slope(true)),
    files[0] as Uint8Array,
  ];
  const row = { ...ids, id: fourthId };
  const chunked = await sealedPack('image halves in compressed chunks', 3, studyKeys, row, slopes, grids);
  const wraps = [];
  for (const chain of ['identity', 'image'] as const) {
    const where = context('wrap', chain, 'study', ids.account_id, patientId, ids.study_id);
    const nonce = await chosen(`nonce of the study key, ${chain} chain`, 12);
    const wrapped = await wrapKey(drawing(nonce), patientKeys[chain], studyKeys[chain], where);
    wraps.push({
      chain,
      patientKey: hex(patientKeys[chain]),
      context: hex(where),
      wrapped: hex(wrapped),
      studyKey: hex(studyKeys[chain]),
    });
  }
  return {
    page: '../pack.md',
    account: ids.account_id,
    patient: patientId,
    study: ids.study_id,
    wraps,
    packs: [derived, own, reports, chunked],
    refused: [...refused(derived, own), ...(await refusedChunks(studyKeys, row, slopes, chunked))],
  };
}
const otherId = 'e5b9f3e7-a2c8-4146-b3e5-6f7e8d9c0b13';
const thirdId = 'f6cae4f8-b3d9-4257-84f6-708f9eadbc24';
const fourthId = '07dbf509-c4ea-4368-95a7-819fa0becd35';

async function sealedPack(
  name: string,
  version: 1 | 2 | 3,
  studyKeys: Keys,
  row: Ids,
  files: readonly Uint8Array[],
  chunkGrids: readonly SampleGrid[] = [],
  change: (chunks: number[]) => void = () => {},
) {
  const halves = files.map((file) => split(parseFile(file)));
  const identity = Buffer.concat(halves.flatMap((half) => half.identity));
  const chunks = halves.map(({ image }, at) => {
    const grid = chunkGrids[at];
    const cut = grid && inChunks(Buffer.concat(image), grid);
    if (cut) change(cut.compressed.chunks);
    return cut;
  });
  const image = Buffer.concat(halves.flatMap((half, at) => chunks[at]?.stored ?? half.image));
  const manifest = JSON.stringify(manifestOf(files, halves, version, chunks));
  const seal = async (half: Half, plain: Uint8Array) => {
    const chain = half === 'image' ? 'image' : 'identity';
    const drawn = await chosen(`salt of the ${half}, ${name}`, 32);
    const given = {
      key: await packKey(studyKeys[chain], chain, row),
      keyId: (await p.hash('sha256', Buffer.from(`${chain}/study/${row.study_id}`))).subarray(0, 16),
      context: context('pack', half, row.account_id, row.study_id, row.series_id, row.id, version),
    };
    return Buffer.concat(await sealWhole(drawing(drawn, counting(0x70, 7)), given, [plain]));
  };
  const sealedIdentity = await seal('identity', rawZstd(identity));
  const own = version === 2 ? await ownImage(name, studyKeys.image, row, image) : undefined;
  const sealedImage = own?.sealed ?? (image.length > 0 ? await seal('image', image) : none);
  return {
    name,
    row: {
      ...row,
      version,
      manifest: base64(await seal('manifest', rawZstd(Buffer.from(manifest)))),
      identity: base64(sealedIdentity),
      identity_sealed_bytes: sealedIdentity.length,
      image_sealed_bytes: sealedImage.length,
      image_key: own === undefined ? null : base64(own.imageKey),
    },
    image: sealedImage.length > 0 ? base64(sealedImage) : null,
    manifest,
    files: files.map((file) => ({ sha256: sha256(file), file: base64(file) })),
  };
}

/** An image half that was written before its study was known: a random key, which the pack keeps wrapped. */
async function ownImage(name: string, studyKey: Uint8Array, row: Ids, image: Uint8Array) {
  const key = await chosen(`image key, ${name}`, 32);
  const given = {
    key,
    keyId: (await p.hash('sha256', Buffer.from(`image/pack/${row.id}`))).subarray(0, 16),
    context: context('pack', 'image', row.account_id, row.id, 2),
  };
  const drawn = await chosen(`salt of the image, ${name}`, 32);
  const sealed = Buffer.concat(await sealWhole(drawing(drawn, counting(0x70, 7)), given, [image]));
  const wrapping = await derive(await packKey(studyKey, 'image', row), 'image-key');
  const where = context('wrap', 'image', 'pack', row.account_id, row.study_id, row.series_id, row.id, 2);
  const imageKey = await wrapKey(drawing(await chosen(`nonce of the image key, ${name}`, 12)), wrapping, key, where);
  return { sealed, imageKey };
}

const derive = (key: Uint8Array, ...labels: string[]) => deriveKey(p, key, none, context('derive', ...labels));

async function packKey(studyKey: Uint8Array, chain: Chain, row: Ids): Promise<Uint8Array> {
  return derive(await derive(studyKey, 'series', chain, row.series_id), 'pack', chain, row.id);
}

/** Samples that slope, in words of 16 bits, and a byte more. */
function slope(bigEndian: boolean): Uint8Array {
  const bytes = Buffer.alloc(1201);
  for (let at = 0; at < 600; at++) {
    const sample = 60_000 + 300 * (at % 20) + 16 * Math.floor(at / 20);
    if (bigEndian) bytes.writeUInt16BE(sample % 65_536, 2 * at);
    else bytes.writeUInt16LE(sample % 65_536, 2 * at);
  }
  return bytes;
}

const grids: readonly SampleGrid[] = [
  { wordBytes: 2, bigEndian: false, across: 1, row: 20 },
  { wordBytes: 2, bigEndian: true, across: 2, row: 20 },
];
type Chunked = ReturnType<typeof inChunks>;

/** An image half in chunks of each method. */
function inChunks(half: Uint8Array, grid: SampleGrid) {
  const sizes = [12, 400, 401, 320, half.length - 12 - 400 - 401 - 320];
  const methods = ['as it is', 'gradient', 'average', 'none', 'as it is'] as const;
  const chunks: number[] = [];
  let at = 0;
  const stored = sizes.map((bytes, chunk) => {
    const plain = half.subarray(at, at + bytes);
    at += bytes;
    const method = methods[chunk]!;
    const small = method === 'as it is' ? plain : runZstd(toPlanes(plain, grid, method));
    const kept = small.length < bytes ? small : plain;
    chunks.push(bytes, kept.length, kept === plain ? 0 : methodNumbers[method]);
    return kept;
  });
  return { stored, compressed: { ...grid, chunks } };
}
const methodNumbers = { 'as it is': 0, zstd: 1, none: 2, average: 3, gradient: 4 };

function manifestOf(
  files: readonly Uint8Array[],
  halves: readonly ReturnType<typeof split>[],
  version: number,
  chunks: readonly (Chunked | undefined)[],
) {
  let [identityAt, imageAt, imageTotal] = [0, 0, 0];
  const instances = files.map((file, at) => {
    const { identityBytes, imageBytes, cuts } = halves[at]!;
    const row = {
      sopInstanceUid: `2.25.7${at + 1}`,
      transferSyntax: '1.2.840.10008.1.2.1',
      sha256: sha256(file),
      bytes: file.length,
      identityAt,
      identityBytes,
      imageAt,
      imageBytes,
      cuts: cuts as readonly Cut[],
      ...(chunks[at] && { compressed: chunks[at].compressed }),
      attributes: { '00080018': { vr: 'UI', Value: [`2.25.7${at + 1}`] } },
    };
    identityAt += identityBytes;
    imageAt += chunks[at]?.stored.reduce((sum, { length }) => sum + length, 0) ?? imageBytes;
    imageTotal += imageBytes;
    return row;
  });
  return { version: version === 3 ? 2 : 1, identityBytes: identityAt, imageBytes: imageTotal, instances };
}

/** Rows and objects as somebody with the database and the stores, and without keys, could leave them. */
function refused(pack: Row, own: Row) {
  const { row, image } = pack;
  const flipped = (at: number) => {
    const bytes = Buffer.from(image!, 'base64');
    bytes[at]! ^= 1;
    return base64(bytes);
  };
  const damaged = 'PACK_DAMAGED';
  const changed = base64(Buffer.from(own.row.image_key!, 'base64').map((byte, at) => (at === 20 ? byte ^ 1 : byte)));
  const cut = Buffer.from(image!, 'base64').subarray(0, -1);
  return [
    { name: 'the row of another pack', row: { ...row, id: otherId }, image, code: damaged },
    { name: 'the row of another series', row: { ...row, series_id: thirdId }, image, code: damaged },
    { name: 'the row of another account', row: { ...row, account_id: thirdId }, image, code: damaged },
    {
      name: 'manifest and identity halves exchanged',
      row: { ...row, manifest: row.identity, identity: row.manifest },
      image,
      code: damaged,
    },
    {
      name: 'the identity halves of another pack',
      row: { ...row, identity: own.row.identity, identity_sealed_bytes: own.row.identity_sealed_bytes },
      image,
      code: damaged,
    },
    {
      name: 'the image halves of another pack',
      row: { ...row, image_sealed_bytes: own.row.image_sealed_bytes },
      image: own.image,
      code: damaged,
    },
    { name: 'the image key of another pack', row: { ...row, image_key: own.row.image_key }, image, code: damaged },
    { name: 'no image key', row: { ...own.row, image_key: null }, image: own.image, code: damaged },
    { name: 'a changed image key', row: { ...own.row, image_key: changed }, image: own.image, code: damaged },
    {
      name: 'version 2 called version 1',
      row: { ...own.row, version: 1, image_key: null },
      image: own.image,
      code: damaged,
    },
    { name: 'no object', row, image: null, code: damaged },
    { name: 'a shorter object', row, image: base64(cut), code: damaged },
    {
      name: 'a shorter object, and a row that says so',
      row: { ...row, image_sealed_bytes: cut.length },
      image: base64(cut),
      code: damaged,
    },
    { name: 'a changed byte in the object', row, image: flipped(200), code: damaged },
    { name: 'version 1 called version 2', row: { ...row, version: 2 }, image, code: damaged },
    { name: 'version 1 called version 3', row: { ...row, version: 3 }, image, code: damaged },
    { name: 'version 4', row: { ...row, version: 4 }, image, code: 'PACK_VERSION_UNKNOWN' },
  ];
}

/** Tables of chunks that no writer writes, sealed as if one had. */
async function refusedChunks(studyKeys: Keys, row: Ids, files: readonly Uint8Array[], chunked: Row) {
  const wrong: Readonly<Record<string, (chunks: number[]) => void>> = {
    'a chunk of an unknown method': (chunks) => chunks.splice(5, 1, 5),
    'a chunk that opens into less than its table says': (chunks) => chunks.splice(3, 1, 401),
    'a chunk that opens into more than its table says': (chunks) => chunks.splice(3, 1, 399),
    'a chunk that says it is larger than any may be': (chunks) => chunks.splice(3, 1, 2 ** 20 + 1),
    'a chunk as it is, of two lengths': (chunks) => chunks.splice(1, 1, 13),
    'chunks that are not as long as their image half': (chunks) => chunks.splice(-3, 3),
  };
  const rows = Object.entries(wrong).map(async ([name, change]) => {
    const pack = await sealedPack(name, 3, studyKeys, row, files, grids, change);
    const { row: sealed, image, manifest } = pack;
    return { name: `image half: ${name}`, row: sealed, image, manifest, code: 'PACK_DAMAGED' };
  });
  const { row: good, image } = chunked;
  return [
    ...(await Promise.all(rows)),
    { name: 'version 3 called version 1', row: { ...good, version: 1 }, image, code: 'PACK_DAMAGED' },
    {
      name: 'version 3 with an image key',
      row: { ...good, image_key: base64(counting(0, 60)) },
      image,
      code: 'PACK_DAMAGED',
    },
  ];
}
