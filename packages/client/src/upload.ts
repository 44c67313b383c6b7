import { batches, type UploadFile, weightOf } from './batches.ts';
import { Channel } from './channel.ts';
import { ClientError } from './errors.ts';
import type { Exchange } from './exchange.ts';
import { held } from './held.ts';
import { type Clock, Patience, type PatienceOptions } from './patience.ts';
import { type Outcome, sendBatch } from './send-batch.ts';

export type { Outcome, UploadFile };

export type UploadOptions = {
  readonly connections: number;
  /** Bytes in memory of one request, and of the files that are asked about at once. */
  readonly batchBytes: number;
  readonly pageBytes: number;
  readonly patience: Omit<PatienceOptions, 'signal'>;
  /** Told once for every file, in no particular order. */
  readonly onOutcome: (file: UploadFile, outcome: Outcome) => void;
  readonly onSent?: (bytes: number) => void;
  readonly signal?: AbortSignal;
};

const pageFiles = 1000;

/**
 * Sends files that the exchange does not hold yet, over several connections, through outages.
 *
 * Shape   in: files as they are read. out: one outcome for each by `onOutcome`; the same bytes under two paths travel
 *         once. Returns when the last has its outcome; throws when it cannot go on, with the others left as they are.
 * Law     a second run over the same files sends only what the first did not get taken.
 * Cost    never holds more than what was taken from `files` and not yet released.
 *
 * @throws ClientError  the first that neither passes by itself nor is about one file
 */
export async function upload(
  { exchange, clock }: { readonly exchange: Exchange; readonly clock: Clock },
  files: AsyncIterable<UploadFile>,
  options: UploadOptions,
): Promise<void> {
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  const storing = new Patience(clock, { ...options.patience, signal });
  const asking = new Patience(clock, { ...options.patience, signal });
  const outcomes = new Map<string, Outcome>();
  const twins = new Map<string, UploadFile[]>();
  const channel = new Channel<readonly UploadFile[]>(options.connections * 2);
  const failures: unknown[] = [];

  function fail(error: unknown): void {
    failures.push(error);
    stop.abort();
  }

  function settle(file: UploadFile, outcome: Outcome): void {
    outcomes.set(file.sha256, outcome);
    options.onOutcome(file, outcome);
    const again: Outcome = outcome.kind === 'taken' ? { ...outcome, kind: 'already held' } : outcome;
    for (const twin of twins.get(file.sha256) ?? []) options.onOutcome(twin, again);
    twins.set(file.sha256, []);
  }

  /** True for bytes that another path brought already; their outcome is that of the first. */
  function isTwin(file: UploadFile): boolean {
    const earlier = twins.get(file.sha256);
    if (earlier === undefined) twins.set(file.sha256, []);
    else {
      file.release?.();
      const outcome = outcomes.get(file.sha256);
      if (outcome === undefined) earlier.push(file);
      else options.onOutcome(file, outcome.kind === 'taken' ? { ...outcome, kind: 'already held' } : outcome);
    }
    return earlier !== undefined;
  }

  async function askAndQueue(page: readonly UploadFile[]): Promise<void> {
    if (page.length === 0) return;
    const digests = page.map((file) => file.sha256);
    const there = await asking.persist(() => held(exchange, digests, signal));
    for (const file of page) {
      if (!there.has(file.sha256)) continue;
      settle(file, { kind: 'already held' });
      file.release?.();
    }
    const missing = page.filter((file) => !there.has(file.sha256));
    for (const batch of batches(missing, options.batchBytes)) await channel.put(batch);
  }

  async function read(): Promise<void> {
    let page: UploadFile[] = [];
    let bytes = 0;
    for await (const file of files) {
      if (signal.aborted) throw new ClientError('STOPPED', 'stopped');
      if (isTwin(file)) continue;
      page.push(file);
      bytes += weightOf(file);
      if (bytes < options.pageBytes && page.length < pageFiles) continue;
      await askAndQueue(page);
      page = [];
      bytes = 0;
    }
    await askAndQueue(page);
  }

  async function send(): Promise<void> {
    const road = { exchange, storing, asking, settle, onSent: options.onSent, signal };
    for await (const batch of channel) {
      // After a failure the rest is let go, so that whoever waits for memory wakes and sees that it is over.
      if (!signal.aborted) await sendBatch(road, batch).catch(fail);
      for (const file of batch) file.release?.();
    }
  }

  const reading = read()
    .catch(fail)
    .finally(() => channel.close());
  await Promise.all([reading, ...Array.from({ length: options.connections }, send)]);
  if (failures.length > 0)
    throw failures.find((error) => !(error instanceof ClientError && error.code === 'STOPPED')) ?? failures[0];
  if (signal.aborted) throw new ClientError('STOPPED', 'stopped');
}
