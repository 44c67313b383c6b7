import { type DicomFile, parseFile } from '@symbolon/dicom';
import {
  joinHalves,
  type Manifest,
  type ManifestInstance,
  type PackReader,
  packsWithTokens,
  type StoredPack,
} from '../packs/index.ts';
import type { Trx } from '../platform/db/database.ts';
import { inflating } from '../platform/inflate.ts';
import type { SearchTokens } from '../studies/index.ts';
import type { IncomingInstance } from './instance.ts';

/** An instance that is held already, current or aside, with where it lies. */
export type Held = { readonly pack: StoredPack; readonly instance: ManifestInstance };

/** What Law 5 says of an instance that came in. */
export type Verdict =
  | { readonly kind: 'new' }
  | { readonly kind: 'already held'; readonly heldSha256: string }
  | { readonly kind: 'conflict'; readonly keptAside: boolean };

/** All held instances with any of these SOP Instance UIDs. Tokens nominate, the opened manifests decide. */
export async function heldWithUids(
  trx: Trx,
  reader: PackReader,
  tokens: SearchTokens,
  accountId: string,
  uids: readonly string[],
): Promise<Map<string, Held[]>> {
  const wanted = new Set(uids);
  const found = new Map<string, Held[]>();
  const packs = await packsWithTokens(
    trx,
    accountId,
    [...wanted].map((uid) => tokens.token('sopUid', uid)),
  );
  const manifests = await reader.manifests(packs);
  for (const [at, pack] of packs.entries()) {
    for (const instance of (manifests[at] as Manifest).instances) {
      if (!wanted.has(instance.sopInstanceUid)) continue;
      const others = found.get(instance.sopInstanceUid) ?? [];
      found.set(instance.sopInstanceUid, [...others, { pack, instance }]);
    }
  }
  return found;
}

/** The bytes after group 0002. */
function dataSetBytes(file: DicomFile): Uint8Array {
  return file.bytes.subarray(file.datasetStart);
}

/** Same transfer syntax and same bytes after group 0002: the same instance, whatever the preamble and the meta group. */
export function sameDataSet(a: DicomFile, b: DicomFile): boolean {
  return a.transferSyntax === b.transferSyntax && Buffer.compare(dataSetBytes(a), dataSetBytes(b)) === 0;
}

async function openFile(reader: PackReader, held: Held): Promise<DicomFile> {
  const pieces: Uint8Array[] = [];
  for await (const piece of joinHalves(reader, held.pack, held.instance, true)) pieces.push(piece);
  return parseFile(Buffer.concat(pieces), inflating);
}

/** Law 5: the same instance again is idempotent; other bytes under the same UID are kept aside, once. */
export async function judge(reader: PackReader, incoming: IncomingInstance, held: readonly Held[]): Promise<Verdict> {
  if (held.length === 0) return { kind: 'new' };
  const current = held.find(({ pack }) => pack.state === 'current');
  const identical = held.find(({ instance }) => instance.sha256 === incoming.sha256);
  if (identical) {
    return identical.pack.state === 'current'
      ? { kind: 'already held', heldSha256: incoming.sha256 }
      : { kind: 'conflict', keptAside: true };
  }
  // Cheaper than opening it: the same data set differs in length by what stands before it only.
  if (current && current.instance.transferSyntax === incoming.transferSyntax) {
    if (sameDataSet(await openFile(reader, current), incoming.file)) {
      return { kind: 'already held', heldSha256: current.instance.sha256 };
    }
  }
  return { kind: 'conflict', keptAside: false };
}
