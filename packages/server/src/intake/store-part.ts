import { createHash } from 'node:crypto';
import { refusalCodes } from '@symbolon/contract';
import type { SignedIn } from '../access/index.ts';
import type { ByteBudget } from '../platform/byte-budget.ts';
import { Refusal } from './errors.ts';
import type { GroupCommit, Outcome } from './group-commit.ts';
import { type IncomingInstance, readInstance } from './instance.ts';

/** One object may be this large in this version: it is held in memory until it is durable. Bytes. */
export const maxObjectBytes = 512 * 1024 * 1024;

/** What became of one part of a request. `instance` is absent where the part was not understood. */
export type PartResult = { readonly instance?: IncomingInstance } & (
  | { readonly outcome: Outcome }
  | { readonly refusal: Refusal; readonly sentSha256?: string }
);

export type StorePartDeps = { readonly budget: ByteBudget; readonly commit: GroupCommit };

/**
 * Reads one part whole, then hands it to the next commit. Resolves to a promise when the part has been read, so that
 * the next part is read while this one is being made durable.
 */
export async function storePart(
  deps: StorePartDeps,
  actor: SignedIn,
  body: AsyncIterable<Uint8Array>,
  studyInstanceUid?: string,
): Promise<{ result: Promise<PartResult> }> {
  const holding = deps.budget.open();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body) {
      bytes += chunk.length;
      // The rest of what is too large is read and thrown away: the other parts of the request come after it.
      if (bytes > maxObjectBytes) chunks.length = 0;
      else {
        await holding.take(chunk.length);
        chunks.push(chunk);
      }
    }
  } catch (error) {
    holding.release();
    throw error;
  }
  const result = admit(deps, actor, bytes > maxObjectBytes ? undefined : Buffer.concat(chunks), studyInstanceUid);
  // Observed here, so that a refusal that nobody has asked for yet is no unhandled rejection.
  result.catch(() => {}).finally(() => holding.release());
  return { result };
}

async function admit(
  deps: StorePartDeps,
  actor: SignedIn,
  bytes: Uint8Array | undefined,
  studyInstanceUid: string | undefined,
): Promise<PartResult> {
  let instance: IncomingInstance | undefined;
  try {
    if (bytes === undefined)
      throw new Refusal(
        'INSTANCE_TOO_LARGE',
        `An object may have ${maxObjectBytes / 1024 / 1024} MiB in this version.`,
      );
    instance = readInstance(bytes);
    if (studyInstanceUid !== undefined && instance.studyInstanceUid !== studyInstanceUid) {
      throw new Refusal('DICOM_WRONG_STUDY', 'The instance belongs to another study than the one it was sent to.');
    }
    return { instance, outcome: await deps.commit.add({ actor, instance }) };
  } catch (error) {
    if (!(error instanceof Refusal) || !refusalCodes.includes(error.code)) throw error;
    const sentSha256 = instance?.sha256 ?? (bytes && createHash('sha256').update(bytes).digest('hex'));
    return { ...(instance ? { instance } : {}), refusal: error, ...(sentSha256 ? { sentSha256 } : {}) };
  }
}
