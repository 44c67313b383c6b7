import { getHeapStatistics, setFlagsFromString } from 'node:v8';

const mebibyte = 1024 * 1024;
/** How often is looked. Milliseconds. */
const everyMs = 100;
/** What has come since the last collection of young objects, before the next. Bytes. */
const youngBytes = 32 * mebibyte;
/** What has come since the last collection of all of them, before the next. Bytes. */
const allBytes = 96 * mebibyte;
/** More than this above the least there ever was is looked through once nothing has come or gone for so long, then twice as long, and so on. */
const idleBytes = 16 * mebibyte;
const idleMs = 2000;
/** So much of the time may go into collections of all, however much comes. */
const mostOfTime = 0.05;
/** Below this a change is nobody's work. */
const stillBytes = mebibyte;

/**
 * What V8 is told of its heap. Bytes outside of it count towards its limit like all others: by itself V8 marks the whole heap anew for
 * each 64 MiB of them, and of an object of 1 GB that arrived two thirds of all CPU time went there (9.6 s, and 3.7 with this). And
 * it marks when all has grown to three times what the last marking left, not four: what spent buffers took at their most stays with
 * the process. At twice they take some 60 MiB less, but of 0.6 GB in and 2 GB out come 29 markings in the place of 5, and a third
 * more CPU for what is read.
 */
const memoryFlags = ['--external-memory-accounted-in-global-limit', '--heap-growing-percent=200'] as const;

/** Memory that threads share and that was let go of since the last collection of all. V8 counts none of it. Bytes. */
let sharedSpent = 0;

/** Tells of memory that threads share, and that this one holds no longer. */
export function sharedIsSpent(bytes: number): void {
  sharedSpent += bytes;
}

/**
 * Collects what buffers leave behind. Their bytes stand outside of V8's heap, and of an upload of 100 MB the heap sees 100 kB:
 * what was given back to every budget stays where it is until the heap is full by itself, which on a quiet night is never. 256 MiB of
 * uploads at once took 700, and kept them.
 *
 * Law     what is held outside of the heap is at most what somebody holds, and `allBytes`; unless it comes faster than a
 *         collection in twenty of its lengths can keep up with. Of memory that threads share `sharedIsSpent` has to tell.
 * Cost    a look at one number, 10 times a second. A collection of all takes 30 to 100 ms of the heap of a busy exchange, two
 *         thirds of it beside the work.
 * @param collect  what `--expose-gc` brings; without it nothing is done
 */
export function collectSpentBuffers(collect = globalThis.gc): () => void {
  for (const flag of memoryFlags) setFlagsFromString(flag);
  if (collect === undefined) return () => {};
  const held = (): number => getHeapStatistics().external_memory + sharedSpent;
  const least = { afterYoung: held(), afterAll: held(), ever: held() };
  let last = held();
  let [stillSince, stillMs, notBefore] = [performance.now(), idleMs, 0];
  let collecting = false;

  const all = async (): Promise<void> => {
    collecting = true;
    const begun = performance.now();
    sharedSpent = 0;
    // As a task of its own: no stack is searched for what may be held, so nothing spent is taken for it.
    await collect({ type: 'major', execution: 'async' });
    const ended = performance.now();
    notBefore = ended + (ended - begun) / mostOfTime;
    last = least.afterYoung = least.afterAll = held();
    collecting = false;
  };

  const look = (): void => {
    if (collecting) return;
    const bytes = held();
    const at = performance.now();
    if (Math.abs(bytes - last) > stillBytes) [stillSince, stillMs] = [at, idleMs];
    last = bytes;
    least.afterYoung = Math.min(least.afterYoung, bytes);
    least.afterAll = Math.min(least.afterAll, bytes);
    least.ever = Math.min(least.ever, bytes);
    const much = bytes - least.afterAll > allBytes;
    // Nothing tells when something is let go of; what was held a minute ago may be spent by now.
    const still = bytes - least.ever > idleBytes && at - stillSince > stillMs;
    if ((much || still) && at >= notBefore) {
      if (still) stillMs *= 2;
      void all();
    } else if (bytes - least.afterYoung > youngBytes) {
      collect({ type: 'minor' });
      least.afterYoung = held();
    }
  };
  const timer = setInterval(look, everyMs).unref();
  return () => clearInterval(timer);
}
