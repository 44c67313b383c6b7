import type { UploadFile } from './batches.ts';
import { ClientError } from './errors.ts';
import type { Exchange } from './exchange.ts';
import { held } from './held.ts';
import type { Patience } from './patience.ts';
import { store } from './store.ts';
import type { StoreOutcome } from './store-answer.ts';

export type Outcome = StoreOutcome;

export type BatchRoad = {
  readonly exchange: Exchange;
  /** One for the way in, one for questions: that questions are answered does not mean that files are taken. */
  readonly storing: Patience;
  readonly asking: Patience;
  readonly settle: (file: UploadFile, outcome: Outcome) => void;
  /** Bytes that left, and, negative, bytes that are no longer under way. */
  readonly onSent?: ((bytes: number) => void) | undefined;
  readonly signal: AbortSignal;
};

/** After so many broken requests between which the exchange answered otherwise, it is this file that breaks them. */
const maxBreaks = 8;
const maxUnclear = 3;
/** Answers that may be about one file of a batch. The others are about the sender, and end everything. */
const batchStatus: ReadonlySet<number> = new Set([400, 413, 422]);

function maybeOneFile(error: unknown): error is ClientError {
  if (!(error instanceof ClientError)) return false;
  return error.code === 'EXCHANGE_FAILED' || (error.code === 'EXCHANGE_REFUSED' && batchStatus.has(error.status ?? 0));
}

/** Sends each alone, so that the one which the exchange cannot take is named and the others go through. */
async function oneByOne(road: BatchRoad, files: readonly UploadFile[]): Promise<void> {
  for (const file of files) await sendBatch(road, [file]);
}

/** Sends files until each has its outcome, through broken connections and a busy exchange. */
export async function sendBatch(road: BatchRoad, files: readonly UploadFile[]): Promise<void> {
  let left = files;
  for (let attempt = 0, breaks = 0; left.length > 0; attempt += 1) {
    try {
      left = await sendOnce(road, left, attempt);
    } catch (error) {
      if (error instanceof ClientError && error.code === 'FILE_CHANGED') {
        left = refuseChanged(road, left, error);
        continue;
      }
      const broke = error instanceof ClientError && error.code === 'EXCHANGE_OUT_OF_REACH';
      if (broke) breaks += 1;
      if (maybeOneFile(error) || (broke && breaks >= maxBreaks)) {
        if (left.length > 1) return oneByOne(road, left);
        const [file] = left;
        const { code, message, problemCode } = error as ClientError;
        if (file !== undefined) road.settle(file, { kind: 'refused', code: problemCode ?? code, reason: message });
        return;
      }
      await road.storing.wait(error, attempt);
      left = await stillMissing(road, left);
      if (broke) road.storing.answered();
    }
  }
}

/** One request. Answers the files of which nothing was said, or which the exchange could not store just now. */
async function sendOnce(
  road: BatchRoad,
  files: readonly UploadFile[],
  attempt: number,
): Promise<readonly UploadFile[]> {
  let sent = 0;
  const onSent = (bytes: number) => {
    sent += bytes;
    road.onSent?.(bytes);
  };
  let outcomes: Map<string, StoreOutcome>;
  try {
    outcomes = await store(road.exchange, files, { signal: road.signal, onSent });
  } finally {
    road.onSent?.(-sent);
  }
  const unclear: UploadFile[] = [];
  let reason = 'the exchange said nothing of it';
  for (const file of files) {
    const outcome = outcomes.get(file.sha256);
    const failed = outcome?.kind === 'refused' && outcome.code === 'STORE_FAILED';
    if (outcome !== undefined && !(failed && attempt + 1 < maxUnclear)) road.settle(file, outcome);
    else if (attempt + 1 >= maxUnclear) road.settle(file, { kind: 'refused', code: 'STORE_FAILED', reason });
    else {
      if (failed) reason = outcome.reason;
      unclear.push(file);
    }
  }
  if (unclear.length < files.length || unclear.length === 0) road.storing.answered();
  if (unclear.length > 0) await road.storing.wait(new ClientError('EXCHANGE_UNAVAILABLE', reason), attempt);
  return unclear;
}

/** What broke may have arrived all the same. */
async function stillMissing(road: BatchRoad, files: readonly UploadFile[]): Promise<readonly UploadFile[]> {
  const digests = files.map((file) => file.sha256);
  const there = await road.asking.persist(() => held(road.exchange, digests, road.signal));
  for (const file of files) if (there.has(file.sha256)) road.settle(file, { kind: 'taken' });
  return files.filter((file) => !there.has(file.sha256));
}

function refuseChanged(road: BatchRoad, files: readonly UploadFile[], error: ClientError): readonly UploadFile[] {
  const changed = files.find((file) => file.sha256 === error.sha256);
  if (changed === undefined) throw error;
  road.settle(changed, { kind: 'refused', code: error.code, reason: error.message });
  return files.filter((file) => file !== changed);
}
