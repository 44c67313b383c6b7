import {
  ClientError,
  type Exchange,
  originalsPage,
  type Pack,
  Patience,
  type PatienceOptions,
  packFiles,
} from '@symbolon/client';
import { worldClock } from '../exchange/clock.ts';
import { newHasher } from '../exchange/hasher.ts';
import type { ReceivingFolder } from './folder.ts';
import { TargetNames } from './target-name.ts';

export type Tally = {
  written: number;
  writtenBytes: number;
  there: number;
  thereBytes: number;
  /** Names under which nothing was left, since what came was not what had been sent. */
  readonly damaged: string[];
};

export type ReceiveOptions = {
  readonly connections: number;
  readonly patience: Omit<PatienceOptions, 'signal'>;
  readonly signal: AbortSignal;
  readonly tally: Tally;
  /** Bytes that came, negative when they have to come again. */
  readonly onBytes: (bytes: number) => void;
  readonly onDamaged: (name: string) => void;
};

async function* packsOf(
  exchange: Exchange,
  studyId: string,
  patience: Patience,
  signal: AbortSignal,
): AsyncGenerator<Pack> {
  let after: string | null = null;
  do {
    const page = await patience.persist(() => originalsPage(exchange, studyId, after, signal));
    yield* page.packs;
    after = page.next;
  } while (after !== null);
}

/**
 * Brings every file of a study into a folder, several packs at once.
 *
 * Law  after a broken connection, and in a second run, only packs in which a file is missing are asked for again.
 */
export async function receiveStudy(
  exchange: Exchange,
  studyId: string,
  folder: ReceivingFolder,
  { connections, patience: patienceOptions, signal: outer, tally, onBytes, onDamaged }: ReceiveOptions,
): Promise<void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([outer, stop.signal]);
  const patience = new Patience(worldClock, { ...patienceOptions, signal });
  const names = new TargetNames();
  const packs = packsOf(exchange, studyId, patience, signal);

  async function receivePack(pack: Pack): Promise<void> {
    const missing = new Map<string, string>();
    for (const original of pack.instances) {
      const name = names.nameOf(original);
      if (await folder.has(name, original)) {
        tally.there += 1;
        tally.thereBytes += original.bytes;
        onBytes(original.bytes);
      } else missing.set(original.sha256, name);
    }
    for (let attempt = 0; missing.size > 0; attempt += 1) {
      const before = missing.size;
      try {
        await receiveMissing(pack, missing);
        patience.answered();
      } catch (error) {
        if (error instanceof ClientError && error.problemCode === 'SEALED_DATA_DAMAGED') return damagedAll(missing);
        if (missing.size < before) {
          patience.answered();
          attempt = 0;
        }
        await patience.wait(error, attempt);
      }
    }
  }

  async function receiveMissing(pack: Pack, missing: Map<string, string>): Promise<void> {
    for await (const { original, bytes } of packFiles(exchange, studyId, pack, newHasher, signal)) {
      const name = missing.get(original.sha256);
      if (name === undefined) continue;
      let came = 0;
      try {
        await folder.write(
          name,
          counted(bytes, (length) => {
            came += length;
            onBytes(length);
          }),
        );
        tally.written += 1;
        tally.writtenBytes += original.bytes;
      } catch (error) {
        if (!(error instanceof ClientError && error.code === 'ORIGINAL_DAMAGED')) {
          onBytes(-came);
          throw error;
        }
        tally.damaged.push(name);
        onDamaged(name);
      }
      missing.delete(original.sha256);
    }
  }

  function damagedAll(missing: Map<string, string>): void {
    for (const name of missing.values()) {
      tally.damaged.push(name);
      onDamaged(name);
    }
  }

  const failures: unknown[] = [];
  async function work(): Promise<void> {
    try {
      for (let next = await packs.next(); !next.done && !signal.aborted; next = await packs.next())
        await receivePack(next.value);
    } catch (error) {
      failures.push(error);
      stop.abort();
    }
  }
  await Promise.all(Array.from({ length: connections }, work));
  if (outer.aborted) throw new ClientError('STOPPED', 'stopped');
  if (failures.length > 0) throw failures[0];
}

async function* counted(bytes: AsyncIterable<Uint8Array>, count: (length: number) => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    count(chunk.length);
    yield chunk;
  }
}
