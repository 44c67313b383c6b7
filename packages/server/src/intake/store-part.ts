import { refusalCodes } from '@symbolon/contract';
import { DicomError } from '@symbolon/dicom';
import type { SignedIn } from '../access/index.ts';
import { KeysError } from '../keys/index.ts';
import { BlobError } from '../platform/blobs/blob-store.ts';
import type { Holding } from '../platform/byte-budget.ts';
import { isDatabaseAway } from '../platform/db/database.ts';
import { Refusal } from './errors.ts';
import type { Batch, Outcome } from './group-commit.ts';
import { type IncomingInstance, instanceOf } from './instance.ts';
import { type ReadPart, type ReadPartDeps, readPart, refusalOf } from './read-part.ts';

/** One part of a request, and whether it says of itself that it is a DICOM file. */
export type SentPart = {
  readonly body: AsyncIterable<Uint8Array>;
  readonly isDicom: boolean;
  /** What it holds of the budget, where it is in memory whole already. */
  readonly holding?: Holding | undefined;
};

/** What the answer says of an instance; never the instance itself, since a request's results live until its end. */
export type NamedInstance = Pick<
  IncomingInstance,
  'sopClassUid' | 'sopInstanceUid' | 'seriesInstanceUid' | 'studyInstanceUid'
>;

/** What is said of a refusal: the error itself is some times as large, and a request may have 100,000. */
type Refused = Pick<Refusal, 'code' | 'message'>;

/**
 * What became of one part of a request. `instance` is absent where the part was not understood, `sentSha256` where no file
 * came of it. `contradicted`: group 0002 names another SOP Class or Instance than the data set, which is what counts.
 */
export type PartResult = { readonly instance?: NamedInstance } & (
  | { readonly outcome: Outcome; readonly contradicted?: boolean }
  | { readonly refusal: Refused; readonly sentSha256?: string }
);

export type StorePartDeps = ReadPartDeps & {
  readonly commit: Pick<Batch, 'add'>;
  /** Hears why an instance could not be kept, where that is our fault. */
  readonly failed: (error: unknown) => void;
};

/**
 * Reads one part, then hands it to the next commit. Resolves to a promise when the part has been read, so that the next
 * part is read while this one is being made durable.
 */
export async function storePart(
  deps: StorePartDeps,
  actor: SignedIn,
  part: SentPart,
  studyInstanceUid?: string,
): Promise<{ result: Promise<PartResult> }> {
  const read = await readPart(deps, actor.accountId, part.body, part.holding);
  const result = admit(deps, actor, read, part.isDicom, studyInstanceUid);
  // Observed here, so that a refusal that nobody has asked for yet is no unhandled rejection.
  result.catch(() => {}).finally(read.release);
  return { result };
}

async function admit(
  deps: StorePartDeps,
  actor: SignedIn,
  read: ReadPart,
  isDicom: boolean,
  studyInstanceUid: string | undefined,
): Promise<PartResult> {
  const stored = 'stored' in read ? read.stored : undefined;
  let named: NamedInstance | undefined;
  /** Whether a pack may name what was stored already: then it stays, for the sweep where no pack does. */
  let mayBeNamed = false;
  try {
    if ('refusal' in read && read.refusal.code === 'INSTANCE_TOO_LARGE') throw read.refusal;
    if (!isDicom) throw new Refusal('DICOM_UNREADABLE', 'The part is not application/dicom by its own Content-Type.');
    if ('refusal' in read) throw read.refusal;
    const instance = instanceOf(read);
    const contradicted = read.split.file.warnings.some(({ code }) => code === 'DICOM_META_CONTRADICTED');
    const { sopClassUid, sopInstanceUid, seriesInstanceUid } = instance;
    named = { sopClassUid, sopInstanceUid, seriesInstanceUid, studyInstanceUid: instance.studyInstanceUid };
    if (studyInstanceUid !== undefined && instance.studyInstanceUid !== studyInstanceUid) {
      throw new Refusal('DICOM_WRONG_STUDY', 'The instance belongs to another study than the one it was sent to.');
    }
    mayBeNamed = true;
    const outcome = await deps.commit.add({ actor, instance });
    mayBeNamed = outcome.kind === 'taken' || (outcome.kind === 'conflict' && outcome.keptAside === 'now');
    return { instance: named, outcome, ...(contradicted && { contradicted }) };
  } catch (error) {
    if (error instanceof Refusal) mayBeNamed = false;
    if (concernsAll(error)) throw error;
    // A value that cannot be read shows itself only when it is asked for.
    const why = error instanceof DicomError ? refusalOf(error) : error;
    const refusal = why instanceof Refusal && refusalCodes.includes(why.code) ? why : storeFailed(deps, why);
    const { code, message } = refusal;
    return { ...(named ? { instance: named } : {}), refusal: { code, message }, sentSha256: read.sha256 };
  } finally {
    if (stored !== undefined && !mayBeNamed) await deps.imageBlobs.remove(stored.packId).catch(deps.failed);
  }
}

/** Trouble that the next instance would meet as well: the sender is told to wait and send everything again. */
function concernsAll(error: unknown): boolean {
  return (
    isDatabaseAway(error) ||
    (error instanceof BlobError && (error.code === 'BLOB_WRITE_FAILED' || error.code === 'BLOB_STORE_FULL')) ||
    (error instanceof KeysError && error.code === 'KEYS_UNAVAILABLE')
  );
}

/** Anything else is our mistake with this one instance; those around it are acknowledged all the same. */
function storeFailed(deps: StorePartDeps, cause: unknown): Refusal {
  deps.failed(cause);
  return new Refusal('STORE_FAILED', 'The exchange could not keep it. The reason is in its log.', { cause });
}
