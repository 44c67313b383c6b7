import { type Cut, merge, parseIdentityHalf } from '@symbolon/dicom';
import { openRange } from '@symbolon/vault';
import { nodePrimitives } from '../keys/index.ts';
import { joinHalves, type ManifestInstance, type PackReader, type StoredPack, storedImageKey } from '../packs/index.ts';
import type { BlobStore } from '../platform/blobs/blob-store.ts';
import type { IncomingInstance } from './instance.ts';

type Pieces = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
/** The bytes of a file, in pieces, how many they are, and where its data set begins. */
type FileBytes = {
  readonly transferSyntax: string;
  readonly bytes: number;
  readonly datasetStart: number;
  readonly pieces: () => Pieces;
};

export async function heldFile(
  reader: PackReader,
  { pack, instance }: { readonly pack: StoredPack; readonly instance: ManifestInstance },
): Promise<FileBytes> {
  const identity = await reader.identityHalf(pack, instance);
  return {
    transferSyntax: instance.transferSyntax,
    bytes: instance.bytes,
    datasetStart: datasetStartOf(identity, instance.cuts),
    pieces: () => joinHalves(reader, pack, instance, true),
  };
}

/** Group 0002 is not deflated, whatever the data set is. With the cuts, bytes behind the pixel data are what they were. */
function datasetStartOf(identity: Uint8Array, cuts: readonly Cut[]): number {
  return parseIdentityHalf(identity, { cuts, inflateRaw: () => new Uint8Array(0) }).datasetStart;
}

export function incomingFile(incoming: IncomingInstance, accountId: string, blobs: Pick<BlobStore, 'read'>): FileBytes {
  const { halves, storedImage, bytes, datasetStart, transferSyntax } = incoming;
  const inMemory = (): Pieces => merge(halves.identity, Buffer.concat(halves.image), halves.cuts);
  const written = async function* (): AsyncGenerator<Uint8Array> {
    const { packId, sealedBytes } = storedImage!;
    const source = { sealedBytes, read: (from: number, to: number) => blobs.read(packId, from, to) };
    const key = storedImageKey(accountId, storedImage!);
    let identityAt = 0;
    let imageAt = 0;
    for (const cut of halves.cuts) {
      yield halves.identity.subarray(identityAt, cut.at);
      yield* openRange(nodePrimitives, key, source, imageAt, imageAt + cut.bytes);
      identityAt = cut.at;
      imageAt += cut.bytes;
    }
    yield halves.identity.subarray(identityAt);
  };
  return { transferSyntax, bytes, datasetStart, pieces: storedImage === undefined ? inMemory : written };
}

/**
 * Same transfer syntax and same bytes after group 0002: the same instance, whatever the preamble and the meta group.
 *
 * Cost  nothing where the lengths differ; else both files are read once, a piece of each in memory.
 */
export async function sameDataSet(one: FileBytes, other: FileBytes): Promise<boolean> {
  if (one.transferSyntax !== other.transferSyntax) return false;
  if (one.bytes - one.datasetStart !== other.bytes - other.datasetStart) return false;
  const [left, right] = [after(one), after(other)];
  let [a, b]: [Uint8Array, Uint8Array] = [new Uint8Array(0), new Uint8Array(0)];
  try {
    for (;;) {
      if (a.length === 0) {
        const next = await left.next();
        if (next.done) return b.length === 0 && ((await right.next()).done ?? false);
        a = next.value;
      }
      if (b.length === 0) {
        const next = await right.next();
        if (next.done) return false;
        b = next.value;
      }
      const length = Math.min(a.length, b.length);
      if (Buffer.compare(a.subarray(0, length), b.subarray(0, length)) !== 0) return false;
      a = a.subarray(length);
      b = b.subarray(length);
    }
  } finally {
    await Promise.all([left.return(undefined), right.return(undefined)]);
  }
}

/** The data set's bytes in pieces, none empty. */
async function* after({ pieces, datasetStart }: FileBytes): AsyncGenerator<Uint8Array, undefined> {
  let skip = datasetStart;
  for await (const piece of pieces()) {
    const rest = piece.subarray(Math.min(skip, piece.length));
    skip -= piece.length - rest.length;
    if (rest.length > 0) yield rest;
  }
  return undefined;
}
