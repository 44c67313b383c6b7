import type { PackReader } from '../packs/index.ts';
import type { BlobStore } from '../platform/blobs/blob-store.ts';
import type { Version } from '../studies/index.ts';
import type { IncomingInstance } from './instance.ts';
import { heldFile, incomingFile, sameDataSet } from './same-data-set.ts';

/** What Law 5 says of an instance that came in. */
export type Verdict =
  | { readonly kind: 'new' }
  | { readonly kind: 'already held'; readonly heldSha256: string }
  | { readonly kind: 'conflict'; readonly keptAside: boolean };

/** Law 5: the same instance again is idempotent; other bytes under the same UID are kept aside, once. */
export async function judge(
  reader: PackReader,
  imageBlobs: Pick<BlobStore, 'read'>,
  incoming: IncomingInstance,
  held: readonly Version[],
): Promise<Verdict> {
  if (held.length === 0) return { kind: 'new' };
  const current = held.find((one) => one.current);
  const identical = held.find(({ instance }) => instance.sha256 === incoming.sha256);
  if (identical) {
    return identical.current
      ? { kind: 'already held', heldSha256: incoming.sha256 }
      : { kind: 'conflict', keptAside: true };
  }
  if (current && current.instance.transferSyntax === incoming.transferSyntax) {
    const arrived = incomingFile(incoming, current.pack.accountId, imageBlobs);
    if (await sameDataSet(await heldFile(reader, current), arrived))
      return { kind: 'already held', heldSha256: current.instance.sha256 };
  }
  return { kind: 'conflict', keptAside: false };
}
