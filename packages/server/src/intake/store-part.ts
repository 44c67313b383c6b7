import { createHash } from 'node:crypto';
import { maxObjectBytes, refusalCodes } from '@symbolon/contract';
import type { SignedIn } from '../access/index.ts';
import { KeysError } from '../keys/index.ts';
import { BlobError } from '../platform/blobs/blob-store.ts';
import type { ByteBudget } from '../platform/byte-budget.ts';
import { isDatabaseAway } from '../platform/db/database.ts';
import { Refusal } from './errors.ts';
import type { GroupCommit, Outcome } from './group-commit.ts';
import { type IncomingInstance, readInstance } from './instance.ts';
import type { SentPart } from './store-body.ts';

/** What the answer says of an instance; never the instance itself, since a request's results live until its end. */
export type NamedInstance = Pick<
  IncomingInstance,
  'sopClassUid' | 'sopInstanceUid' | 'seriesInstanceUid' | 'studyInstanceUid'
>;

/** What became of one part of a request. `instance` is absent where the part was not understood. */
export type PartResult = { readonly instance?: NamedInstance } & (
  | { readonly outcome: Outcome }
  | { readonly refusal: Refusal; readonly sentSha256?: string }
);

export type StorePartDeps = {
  readonly budget: ByteBudget;
  readonly commit: Pick<GroupCommit, 'add'>;
  /** Hears why an instance could not be kept, where that is our fault. */
  readonly failed: (error: unknown) => void;
};

/**
 * Reads one part whole, then hands it to the next commit. Resolves to a promise when the part has been read, so that
 * the next part is read while this one is being made durable.
 */
export async function storePart(
  deps: StorePartDeps,
  actor: SignedIn,
  part: SentPart,
  studyInstanceUid?: string,
): Promise<{ result: Promise<PartResult> }> {
  const holding = deps.budget.open();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of part.body) {
      bytes += chunk.length;
      // The rest of what is too large is read and thrown away, and holds nothing that others wait for: the other parts
      // of the request come after it.
      if (bytes > maxObjectBytes) {
        chunks.length = 0;
        holding.release();
      } else {
        await holding.take(chunk.length);
        chunks.push(chunk);
      }
    }
  } catch (error) {
    holding.release();
    throw error;
  }
  const whole = bytes > maxObjectBytes ? undefined : Buffer.concat(chunks);
  const result = admit(deps, actor, whole, part.isDicom, studyInstanceUid);
  // Observed here, so that a refusal that nobody has asked for yet is no unhandled rejection.
  result.catch(() => {}).finally(() => holding.release());
  return { result };
}

async function admit(
  deps: StorePartDeps,
  actor: SignedIn,
  bytes: Uint8Array | undefined,
  isDicom: boolean,
  studyInstanceUid: string | undefined,
): Promise<PartResult> {
  let named: NamedInstance | undefined;
  try {
    if (bytes === undefined)
      throw new Refusal(
        'INSTANCE_TOO_LARGE',
        `An object may have ${maxObjectBytes / 1024 / 1024} MiB in this version.`,
      );
    if (!isDicom) throw new Refusal('DICOM_UNREADABLE', 'The part is not application/dicom by its own Content-Type.');
    const instance = withoutDataSet(readInstance(bytes));
    const { sopClassUid, sopInstanceUid, seriesInstanceUid } = instance;
    named = { sopClassUid, sopInstanceUid, seriesInstanceUid, studyInstanceUid: instance.studyInstanceUid };
    if (studyInstanceUid !== undefined && instance.studyInstanceUid !== studyInstanceUid) {
      throw new Refusal('DICOM_WRONG_STUDY', 'The instance belongs to another study than the one it was sent to.');
    }
    return { instance: named, outcome: await deps.commit.add({ actor, instance }) };
  } catch (error) {
    if (concernsAll(error)) throw error;
    const refusal = error instanceof Refusal && refusalCodes.includes(error.code) ? error : storeFailed(deps, error);
    const sentSha256 = bytes && createHash('sha256').update(bytes).digest('hex');
    return { ...(named ? { instance: named } : {}), refusal, ...(sentSha256 ? { sentSha256 } : {}) };
  }
}

/**
 * What a commit needs, without what was parsed: a deflated data set can be a thousand times its file, and the budget
 * counts files. Six of 0.3 MB, inflated to 300 MiB each, waited for one commit with 2 GB.
 */
function withoutDataSet(instance: IncomingInstance): IncomingInstance {
  const nothing = { bytes: new Uint8Array(0), littleEndian: true, explicit: true, elements: new Map() };
  return { ...instance, file: { ...instance.file, meta: nothing, dataset: nothing, pixelElements: [], warnings: [] } };
}

/** Trouble that the next instance would meet as well: the sender is told to wait and send everything again. */
function concernsAll(error: unknown): boolean {
  return (
    isDatabaseAway(error) ||
    (error instanceof BlobError && error.code === 'BLOB_WRITE_FAILED') ||
    (error instanceof KeysError && error.code === 'KEYS_UNAVAILABLE')
  );
}

/** Anything else is our mistake with this one instance; those around it are acknowledged all the same. */
function storeFailed(deps: StorePartDeps, cause: unknown): Refusal {
  deps.failed(cause);
  return new Refusal('STORE_FAILED', 'The exchange could not keep it. The reason is in its log.', { cause });
}
