import { parentPort } from 'node:worker_threads';
import { transcodeFrame } from '@symbolon/pixels';
import type { FrameAnswer, FrameJob, TranscodingJob } from './frame-job.ts';
import { pictureOf, refusalFrom } from './make-picture.ts';
import { boundWasmMemory, grownBytes } from './wasm-memory.ts';

/** Memory that codecs took for one large picture is given back by ending with it. Bytes. */
const wornBytes = 192 * 1024 * 1024;

/** Frames that were shared with the other threads are given up here for each so many bytes: V8 counts none of them. */
const sharedBytes = 32 * 1024 * 1024;

/** The thread in which foreign pixels are decoded: a hostile stream costs this thread and an error. */
const port = parentPort;
if (!port) throw new Error('this is a worker');
boundWasmMemory();

async function answerTo(job: FrameJob | TranscodingJob): Promise<FrameAnswer> {
  try {
    if ('target' in job)
      return { kind: 'transcoded', transcoded: await transcodeFrame(job.format, job.frame, job.target) };
    return await pictureOf(job);
  } catch (error) {
    return refusalFrom(error);
  }
}

/** What is handed over and not copied: memory that holds nothing else. */
function handedOver(answer: FrameAnswer): ArrayBuffer[] {
  if (answer.kind === 'picture') return [answer.picture.bytes.buffer];
  if (answer.kind !== 'transcoded') return [];
  const { buffer, byteLength } = answer.transcoded.bytes;
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [];
}

let shared = 0;
/** What is shared lives on while any thread has an object that names it, and this one makes too few to collect them by itself. */
function giveUpShared(job: FrameJob | TranscodingJob, answer: FrameAnswer): void {
  const given = 'source' in job && job.source.kind === 'decoded' ? job.source.frame : undefined;
  const frame = given ?? (answer.kind === 'picture' ? answer.decoded : undefined);
  shared += frame?.words.byteLength ?? 0;
  if (shared < sharedBytes) return;
  shared = 0;
  // Once nothing of this job is at hand any more.
  setImmediate(() => globalThis.gc?.({ type: 'minor' }));
}

port.on('message', (job: FrameJob | TranscodingJob) => {
  void answerTo(job).then((made) => {
    const answer = grownBytes() > wornBytes ? { ...made, worn: true } : made;
    port.postMessage(answer, handedOver(answer));
    giveUpShared(job, answer);
  });
});
port.postMessage({ kind: 'ready' } satisfies FrameAnswer);
