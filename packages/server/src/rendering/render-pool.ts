import { Worker } from 'node:worker_threads';
import type { TranscodedFrame } from '@symbolon/pixels';
import { FairQueue } from '../platform/fair-queue.ts';
import { RenderingError } from './errors.ts';
import type { FrameAnswer, FrameJob, MadePicture, TranscodingJob } from './frame-job.ts';
import { FrameRooms } from './frame-rooms.ts';

export type RenderPoolOptions = {
  readonly workers: number;
  /** One picture may take so long; then its worker is ended and another takes its place. */
  readonly jobMs?: number;
  readonly startMs?: number;
  /** Requests that may wait; the next is told to come again. */
  readonly maxWaiting?: number;
  /** Of those, the requests of one sign-in or one visit. */
  readonly maxWaitingOfOne?: number;
  /** The worker's program. */
  readonly program?: URL;
};

type Done = Extract<FrameAnswer, { kind: 'picture' | 'transcoded' }>;

/** Frames that are loaded or rendered at a time, for each worker: while one is decoded, the next is read and opened. */
const loadedPerWorker = 2;
/** Frames that need no worker: as many as there are threads that read and encode. They wait for nobody's codec. */
const lightAtOnce = 4;
/** Pixels lie outside of these: the budgets of `@symbolon/pixels` bound them. MiB. */
const resourceLimits = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 };

/**
 * Worker threads that make pictures. They start with the first picture; a worker that takes too long or dies is
 * replaced, and its picture answered with an error. What it started in other threads does not end at once: until it has,
 * its place is taken, and so is the memory of its frame.
 *
 * Law     at most `loadedPerWorker` × `workers` frames are in memory, and `lightAtOnce` small ones; at most `maxWaiting` requests wait, of nobody
 *         more than `maxWaitingOfOne`; whoever hangs up while waiting costs nothing more.
 */
export class RenderPool {
  readonly #options: Required<RenderPoolOptions>;
  readonly #idle: Worker[] = [];
  readonly #all = new Set<Worker>();
  readonly #rooms: FrameRooms;
  readonly #lightRooms = new FrameRooms(lightAtOnce);
  readonly #working = new FairQueue();
  #closed = false;

  constructor({ workers, jobMs, startMs, maxWaiting, maxWaitingOfOne, program }: RenderPoolOptions) {
    this.#options = {
      workers,
      jobMs: jobMs ?? 10_000,
      startMs: startMs ?? 30_000,
      maxWaiting: maxWaiting ?? 512,
      maxWaitingOfOne: maxWaitingOfOne ?? 24,
      program: program ?? new URL('./frame.worker.ts', import.meta.url),
    };
    this.#rooms = new FrameRooms(workers * loadedPerWorker);
  }

  /**
   * `load` is called when there is room for the frame; what it gives is handed over to the worker, unless it is a picture that
   * somebody else has been given meanwhile. `who` asks: each in turn gets a picture. `light`: what is loaded will most likely be.
   */
  async render(
    load: () => Promise<FrameJob | MadePicture>,
    signal: AbortSignal,
    who: string,
    light = false,
  ): Promise<MadePicture> {
    const made = await this.#inTurn(load, signal, who, light ? this.#lightRooms : this.#rooms);
    if (!('kind' in made)) return made;
    if (made.kind !== 'picture') throw new TypeError('the worker answered something else than was asked');
    return { picture: made.picture, decoded: made.decoded };
  }

  /** One frame in another transfer syntax; `load` and `who` as of `render`. @throws RenderingError */
  async transcode(load: () => Promise<TranscodingJob>, signal: AbortSignal, who: string): Promise<TranscodedFrame> {
    const made = await this.#inTurn(load, signal, who, this.#rooms);
    if (!('kind' in made) || made.kind !== 'transcoded')
      throw new TypeError('the worker answered something else than was asked');
    return made.transcoded;
  }

  async #inTurn<Made extends object>(
    load: () => Promise<FrameJob | TranscodingJob | Made>,
    signal: AbortSignal,
    who: string,
    rooms: FrameRooms,
  ): Promise<Done | Made> {
    await this.#room(signal, who, rooms);
    try {
      const job = await load();
      signal.throwIfAborted();
      if (!('source' in job || 'target' in job)) return job;
      if ('isLight' in job && job.isLight) return await made(job);
      const worker = await this.#worker(signal, who);
      return await this.#run(worker, job);
    } finally {
      rooms.leave();
    }
  }

  /** Starts a worker where there is none: who lists images is about to look at them. */
  warm(): void {
    if (this.#closed || this.#all.size > 0) return;
    this.#start().then(
      (worker) => this.#release(worker),
      () => {},
    );
  }

  /** Ends the workers; whoever waits is turned away. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const queue of [this.#rooms.waiting, this.#lightRooms.waiting, this.#working]) queue.clear(closing());
    await Promise.all([...this.#all].map((worker) => worker.terminate()));
  }

  async #room(signal: AbortSignal, who: string, rooms: FrameRooms): Promise<void> {
    signal.throwIfAborted();
    if (this.#closed) throw closing();
    if (rooms.take()) return;
    const queues = [this.#rooms.waiting, this.#lightRooms.waiting];
    const sum = (of: (queue: FairQueue) => number): number => queues.reduce((all, queue) => all + of(queue), 0);
    const { maxWaiting, maxWaitingOfOne } = this.#options;
    if (sum(({ length }) => length) >= maxWaiting || sum((queue) => queue.placesOf(who)) >= maxWaitingOfOne)
      throw new RenderingError('RENDERING_BUSY', 'Too many pictures are asked for at once. Try again in a moment.');
    return rooms.waiting.wait(who, signal);
  }

  async #worker(signal: AbortSignal, who: string): Promise<Worker> {
    for (;;) {
      if (this.#closed) throw closing();
      const idle = this.#idle.pop();
      if (idle) return idle;
      if (this.#all.size < this.#options.workers) return this.#start();
      await this.#working.wait(who, signal);
    }
  }

  #start(): Promise<Worker> {
    const worker = new Worker(this.#options.program, { resourceLimits, stdout: true, stderr: true });
    this.#all.add(worker);
    // What a codec says goes nowhere: it might quote what it read.
    worker.stdout.resume();
    worker.stderr.resume();
    worker.unref();
    // Whoever waits for its word hears of its end too; here it only leaves the pool. An error is always followed by an end.
    worker.on('error', () => {});
    worker.on('exit', () => this.#forget(worker));
    return new Promise((resolve, reject) => {
      const end = this.#hear(worker, this.#options.startMs, (answer, error) => {
        end();
        if (answer?.kind === 'ready') resolve(worker);
        else void this.#lost(worker, error).then(reject);
      });
    });
  }

  #run(worker: Worker, job: FrameJob | TranscodingJob): Promise<Done> {
    return new Promise((resolve, reject) => {
      const end = this.#hear(worker, this.#options.jobMs, (answer, error) => {
        end();
        if (answer === undefined || answer.kind === 'ready') return void this.#lost(worker, error).then(reject);
        // Its place is free when its memory is.
        if (answer.worn) void worker.terminate();
        else this.#release(worker);
        if (answer.kind === 'picture' || answer.kind === 'transcoded') resolve(answer);
        else reject(errorOf(answer));
      });
      const frame = 'target' in job ? job.frame : job.source.kind === 'encoded' ? job.source.frame : undefined;
      const buffer = frame?.bytes.buffer;
      // What is only a part of its memory belongs to others as well, and is copied.
      const whole = buffer instanceof ArrayBuffer && buffer.byteLength === frame?.bytes.byteLength;
      worker.postMessage(job, whole ? [buffer] : []);
    });
  }

  /** The next word of a worker, its end, or that it took too long. */
  #hear(worker: Worker, ms: number, tell: (answer: FrameAnswer | undefined, error?: unknown) => void): () => void {
    const onMessage = (answer: FrameAnswer) => tell(answer);
    const onError = (error: unknown) => tell(undefined, error);
    const onExit = () => tell(undefined);
    const timer = setTimeout(() => tell(undefined), ms);
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    return () => {
      clearTimeout(timer);
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
    };
  }

  #release(worker: Worker): void {
    this.#idle.push(worker);
    this.#working.next();
  }

  /** Its place is free for another. */
  #forget(worker: Worker): void {
    this.#all.delete(worker);
    const at = this.#idle.indexOf(worker);
    if (at >= 0) this.#idle.splice(at, 1);
    this.#working.next();
  }

  /** Ends a worker, and waits until it and all that it started has ended. */
  async #lost(worker: Worker, cause: unknown): Promise<RenderingError> {
    await worker.terminate();
    if (this.#closed) return closing();
    return new RenderingError(
      'PIXELS_NOT_RENDERABLE',
      'The picture could not be decoded within the time and memory that one picture may take.',
      { cause },
    );
  }
}

let maker: Promise<typeof import('./make-picture.ts')> | undefined;

/** A picture that needs no worker. What encodes it has a thread of its own, and is loaded with the first. */
async function made(job: FrameJob): Promise<Done> {
  maker ??= import('./make-picture.ts');
  const { pictureOf, refusalFrom } = await maker;
  return pictureOf(job).catch((error: unknown) => {
    throw errorOf(refusalFrom(error));
  });
}

const errorOf = (answer: Extract<FrameAnswer, { kind: 'refused' | 'failed' }>): Error =>
  answer.kind === 'refused'
    ? new RenderingError('PIXELS_NOT_RENDERABLE', answer.reason)
    : Object.assign(new Error('the picture could not be made'), { name: answer.name, code: answer.code });

const closing = (): RenderingError =>
  new RenderingError('RENDERING_BUSY', 'The exchange is stopping. Try again in a moment.');
