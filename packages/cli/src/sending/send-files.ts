import { type Exchange, type Outcome, type UploadFile, upload } from '@symbolon/client';
import type { ReceiptContents } from '@symbolon/contract';
import { worldClock } from '../exchange/clock.ts';
import { memoryFor, prepare } from '../files/prepare.ts';
import type { Refused, Selection } from '../files/select.ts';
import { OutageNote } from '../terminal/outage-note.ts';
import type { Progress } from '../terminal/progress.ts';

type Taken = ReceiptContents['taken'][number];

export type Sent = {
  readonly taken: readonly Taken[];
  readonly refused: readonly Refused[];
  readonly leftOut: ReadonlyMap<string, number>;
  readonly elapsedMs: number;
};

export type SendOptions = {
  readonly connections: number;
  readonly giveUpAfterMs: number;
  readonly signal: AbortSignal;
  readonly progress: Progress;
};

function entryOf({ path, sha256, bytes }: UploadFile, outcome: Exclude<Outcome, { kind: 'refused' }>): Taken {
  const entry = { path, sha256, bytes, outcome: outcome.kind };
  return outcome.held === undefined ? entry : { ...entry, held: outcome.held };
}

/** Sends what was selected, and keeps the books: every file ends as taken, refused or left out. */
export async function sendFiles(exchange: Exchange, selection: Selection, options: SendOptions): Promise<Sent> {
  const { connections, giveUpAfterMs, progress, signal } = options;
  const taken: Taken[] = [];
  const refused: Refused[] = [...selection.refused];
  const leftOut = new Map(selection.leftOut);
  const note = new OutageNote(progress);
  let files = 0;
  let doneBytes = 0;
  let sentBytes = 0;
  const measure = () => ({
    files,
    ofFiles: selection.sources.length,
    bytes: doneBytes + sentBytes,
    ofBytes: selection.bytes,
  });
  function done(bytes: number): void {
    files += 1;
    doneBytes += bytes;
    progress.update(measure());
  }
  const memory = memoryFor(connections);
  const prepared = prepare(selection.sources, memory, {
    onRefused: (entry, bytes) => {
      refused.push(entry);
      done(bytes);
    },
    onLeftOut: (why, bytes) => {
      leftOut.set(why, (leftOut.get(why) ?? 0) + 1);
      done(bytes);
    },
  });
  const began = performance.now();
  progress.start(measure());
  try {
    await upload({ exchange, clock: worldClock }, prepared, {
      connections,
      signal,
      batchBytes: memory.largeBytes,
      pageBytes: memory.pageBytes,
      patience: { giveUpAfterMs, onWait: (waiting) => note.waiting(waiting) },
      onSent: (bytes) => {
        sentBytes += bytes;
        if (bytes > 0) note.over();
        progress.update(measure());
      },
      onOutcome: (file, outcome) => {
        if (outcome.kind !== 'refused') taken.push(entryOf(file, outcome));
        else refused.push({ path: file.path, sha256: file.sha256, code: outcome.code, reason: outcome.reason });
        done(file.bytes);
        note.over();
      },
    });
  } finally {
    note.over();
    progress.stop();
  }
  return { taken: taken.sort(byPath), refused: refused.sort(byPath), leftOut, elapsedMs: performance.now() - began };
}

function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}
