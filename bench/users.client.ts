/** The people of `signed-in-users.bench.ts`: a process of its own, told over its channel whom to play and for how long. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { type Asked, asking, Unwanted } from './asking.ts';
import { addressOf, type User } from './users-by-rows.ts';

/** A study that can be looked at: its paths. */
export type Target = {
  readonly ward: number;
  readonly study: string;
  readonly images: string;
  readonly frames: readonly string[];
  readonly files: readonly string[];
};

export type Load = {
  readonly url: string;
  readonly ca: string;
  readonly users: readonly User[];
  readonly targets: readonly Target[];
  /** How long somebody waits on average before the next step. */
  readonly pauseSeconds: number;
  readonly seconds: number;
};

/** Units: milliseconds from asking to the last byte. `errors`: how often which. */
export type Measured = {
  readonly times: Record<string, number[]>;
  readonly errors: Record<string, number>;
  readonly cpuSeconds: number;
  readonly lateMs: number;
};

/** As the web app asks for its worklist. */
const worklistEverySeconds = 30;
/** Connections a second that are opened at the start: nobody measures how a whole hospital arrives in one second. */
const arrivals = 60;
const letters = 'abcdefghijklmnopqrstuvwxyz';

/** What is measured: only while `on`. */
const measured: Measured & { on: boolean; over: boolean } = {
  times: {},
  errors: {},
  cpuSeconds: 0,
  lateMs: 0,
  on: false,
  over: false,
};

class Visitor {
  readonly #ask: (path: string, asked?: Asked) => Promise<Buffer>;
  readonly #load: Load;
  readonly #targets: readonly Target[];
  #looking: { readonly target: Target; at: number };

  constructor(load: Load, user: User, at: number) {
    const { ask } = asking(load, 2);
    const headers = { 'x-forwarded-for': addressOf(at) };
    this.#ask = (path, asked) => ask(path, { cookie: user.cookie, headers, ...asked });
    this.#load = load;
    this.#targets = load.targets.filter(({ ward }) => user.wards.includes(ward));
    this.#looking = { target: this.#targets[0] as Target, at: 0 };
  }

  async #timed(name: string, path: string, asked?: Asked): Promise<void> {
    const { on } = measured;
    const started = performance.now();
    try {
      await this.#ask(path, asked);
      if (!on) return;
      measured.times[name] ??= [];
      measured.times[name].push(performance.now() - started);
    } catch (error) {
      const what =
        error instanceof Unwanted
          ? `${name}, answered ${error.status}`
          : `${name}, ${(error as NodeJS.ErrnoException).code}`;
      if (on) measured.errors[what] = (measured.errors[what] ?? 0) + 1;
    }
  }

  /** The open page: the worklist as it came first, each half minute. */
  async page(): Promise<void> {
    while (!measured.over) {
      await this.#timed('the worklist', '/api/v1/studies/search', { json: {} });
      await pause(worklistEverySeconds * 1000);
    }
  }

  async steps(): Promise<void> {
    while (!measured.over) {
      // Of many who do not know of each other the times between two steps are spread so.
      await pause(-Math.log(1 - Math.random()) * this.#load.pauseSeconds * 1000);
      if (!measured.over) await this.#step(Math.random());
    }
  }

  async #step(chance: number): Promise<void> {
    const pick = <T>(all: readonly T[] | string): T => all[Math.floor(Math.random() * all.length)] as T;
    if (chance < 0.25) {
      const name = pick(['mül', 'oko', 'sven', 'gar', 'now', 'trem', 'had', 'ros', 'kov']);
      return this.#timed('a search by name', '/api/v1/studies/search', {
        json: { name: `${name} ${pick(letters.slice(0, 5))}` },
      });
    }
    if (chance < 0.45) {
      const target = pick(this.#targets);
      this.#looking = { target, at: 0 };
      await this.#timed('a study', target.study);
      await this.#timed('the images of a series', target.images);
      return this.#timed('a rendered frame', target.frames[0] as string);
    }
    const { target } = this.#looking;
    this.#looking.at += 1;
    if (chance < 0.95)
      return this.#timed('a rendered frame', target.frames[this.#looking.at % target.frames.length] as string);
    return this.#timed('a file', pick(target.files));
  }
}

process.once('disconnect', () => process.exit(1));
process.once('message', async (load: Load) => {
  await Promise.all(
    load.users.map(async (user, at) => {
      const rampSeconds = Math.min(worklistEverySeconds, load.users.length / arrivals);
      await pause(((at * rampSeconds) / load.users.length) * 1000);
      const visitor = new Visitor(load, user, at);
      void visitor.page();
      void visitor.steps();
    }),
  );
  // Everybody is there; a few seconds, so that the rush of arriving is over.
  await pause(3_000);
  process.send?.('measuring');
  const late = monitorEventLoopDelay();
  late.enable();
  const before = process.cpuUsage();
  measured.on = true;
  await pause(load.seconds * 1000);
  measured.on = false;
  measured.over = true;
  const { user, system } = process.cpuUsage(before);
  const { times, errors } = measured;
  const answer: Measured = { times, errors, cpuSeconds: (user + system) / 1e6, lateMs: late.percentile(95) / 1e6 };
  process.send?.(answer, () => process.exit(0));
});
