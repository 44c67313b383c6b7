import { pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { RenderingError } from './errors.ts';
import type { FrameJob } from './frame-job.ts';
import { RenderPool, type RenderPoolOptions } from './render-pool.ts';

const program = new URL('./stuck.worker.fixture.ts', import.meta.url);
let pool: RenderPool;
const start = (options: Partial<RenderPoolOptions> = {}) => {
  pool = new RenderPool({ workers: 1, jobMs: 20_000, program, ...options });
};
afterEach(() => pool.close());

const job = (byte: number): FrameJob =>
  ({
    source: { kind: 'encoded', frame: { bytes: Uint8Array.of(byte), bitOffset: 0, kind: 'integer', vr: 'OW' } },
  }) as unknown as FrameJob;
const never = new AbortController().signal;
/** How long all threads of this process have worked so far. Units: milliseconds. */
const workedMs = (): number => process.cpuUsage().user / 1000;
const make = (byte: number, signal = never, who = 'one') => pool.render(async () => job(byte), signal, who);
const first = async (made: ReturnType<typeof make>) => (await made).picture.bytes[0];

describe('a picture whose worker', () => {
  test.each([
    ['never ends', 0],
    ['exits', 1],
    ['throws', 2],
    ['takes all the memory it can get', 3],
  ])('%s is an error that names nobody, and the next picture is made by another', async (_, byte) => {
    start(byte === 0 ? { jobMs: 1_500 } : {});
    const error = await make(byte).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RenderingError);
    expect(error).toMatchObject({ code: 'PIXELS_NOT_RENDERABLE', message: expect.not.stringContaining('PATIENT') });
    expect(await first(make(9))).toBe(9);
  });

  test('never ends does not keep those who wait for ever', async () => {
    start({ jobMs: 1_500 });
    const stuck = make(0).catch((error: { code: string }) => error.code);
    const waiting = [make(10), make(11), make(12)].map(first);
    expect(await Promise.all(waiting)).toEqual([10, 11, 12]);
    expect(await stuck).toBe('PIXELS_NOT_RENDERABLE');
  });
});

test('a worker that has taken much memory ends after its picture, and another makes the next', async () => {
  start();
  const [one, other] = [await first(make(5)), await first(make(5))];
  expect(one).not.toBe(other);
  expect(await first(make(9))).toBe(9);
});

test('a picture that somebody else was given meanwhile costs no worker', async () => {
  start();
  const made = { picture: { bytes: Uint8Array.of(77), window: null } };
  expect(await first(pool.render(async () => made, never, 'one'))).toBe(77);
});

test('a worker that is ended keeps its place until what it started in other threads has ended', async () => {
  const [began, before] = [performance.now(), workedMs()];
  await promisify(pbkdf2)('a', 'b', 2_000_000, 64, 'sha512');
  const [takes, work] = [performance.now() - began, workedMs() - before];
  start({ jobMs: takes / 4 });
  await first(make(9));
  const asked = workedMs();
  const stuck = make(4).catch((error: { code: string }) => error.code);
  expect(await first(make(9))).toBe(9);
  // The same work, on a machine that may be busier or less busy by now.
  expect(workedMs() - asked).toBeGreaterThan(0.7 * work);
  expect(await stuck).toBe('PIXELS_NOT_RENDERABLE');
});

describe('a queue', () => {
  test('that one visitor has filled as far as they may turns away them, and nobody else', async () => {
    start({ maxWaitingOfOne: 3 });
    const made: string[] = [];
    const by = async (who: string, byte: number) => {
      expect(await first(make(byte, never, who))).toBe(byte);
      made.push(who);
    };
    // Two are loaded at once, and do not wait.
    const ofOne = [60, 61, 62, 63, 64].map((byte) => by('one', byte));
    await expect(make(99, never, 'one')).rejects.toMatchObject({ code: 'RENDERING_BUSY' });
    const ofOther = by('other', 70);
    await Promise.all([...ofOne, ofOther]);
    // Before the last of those who came earlier.
    expect(made.indexOf('other')).toBeLessThan(4);
  });

  test('loads no more frames than there are workers for, and answers all', async () => {
    start({ workers: 2, maxWaitingOfOne: 40 });
    let [loaded, most] = [0, 0];
    const all = Array.from({ length: 40 }, (_, n) =>
      pool
        .render(
          async () => {
            loaded += 1;
            most = Math.max(most, loaded);
            return job(100 + n);
          },
          never,
          'one',
        )
        .finally(() => {
          loaded -= 1;
        }),
    );
    expect((await Promise.all(all)).map(({ picture }) => picture.bytes[0])).toEqual(
      Array.from({ length: 40 }, (_, n) => 100 + n),
    );
    // One more may begin to load in the moment in which one is answered.
    expect(most).toBeLessThanOrEqual(5);
  });

  test('that is full turns the next away at once', async () => {
    start({ maxWaiting: 3 });
    const accepted = Array.from({ length: 5 }, (_, n) => first(make(20 + n)));
    await expect(make(99)).rejects.toMatchObject({ code: 'RENDERING_BUSY' });
    expect(await Promise.all(accepted)).toEqual([20, 21, 22, 23, 24]);
  });

  test('forgets who hung up, without loading their frame', async () => {
    start();
    const before = [make(30), make(31)].map(first);
    const gone = new AbortController();
    let loaded = false;
    const dropped = pool.render(
      async () => {
        loaded = true;
        return job(32);
      },
      gone.signal,
      'one',
    );
    const after = first(make(33));
    gone.abort();
    await expect(dropped).rejects.toThrow();
    expect(await Promise.all([...before, after])).toEqual([30, 31, 33]);
    expect(loaded).toBe(false);
  });

  test('goes on after a frame that could not be loaded', async () => {
    start();
    const broken = pool.render(() => Promise.reject(new Error('damaged')), never, 'one');
    await expect(broken).rejects.toThrow('damaged');
    expect(await Promise.all([make(40), make(41), make(42)].map(first))).toEqual([40, 41, 42]);
  });
});

test('closing turns away who waits and who comes after, and ends', async () => {
  start();
  const asked = [make(50), make(51), make(52), make(53)].map((made) =>
    made.catch((error: { code: string }) => error.code),
  );
  await pool.close();
  expect(new Set(await Promise.all(asked))).toEqual(new Set(['RENDERING_BUSY']));
  await expect(make(54)).rejects.toMatchObject({ code: 'RENDERING_BUSY' });
});
