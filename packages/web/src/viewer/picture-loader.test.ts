import { ClientError, type ClientErrorCode } from '@symbolon/client';
import { beforeEach, describe, expect, test } from 'vitest';
import { PictureLoader, type Wish } from './picture-loader.ts';
import { Pictures } from './pictures.ts';

const wish = (key: string, bytes = 10): Wish => ({ key, place: key, url: () => `/${key}`, bytes });
const wishes = (...keys: string[]): Wish[] => keys.map((key) => wish(key));
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

type Request = { readonly key: string; readonly signal: AbortSignal; answer(): void; fail(error: unknown): void };

function problem(status: number, code: ClientErrorCode = 'EXCHANGE_REFUSED'): ClientError {
  return new ClientError(code, `because of ${status}`, { status });
}

describe('the picture loader', () => {
  let open: Request[];
  let dropped: string[];
  let ended: ClientError[];
  let sleeps: { readonly ms: number; wake(): void }[];
  let pictures: Pictures<string>;
  let loader: PictureLoader<string>;
  const asked = (): string[] => open.map(({ key }) => key);
  const request = (key: string): Request => open.findLast((one) => one.key === key)!;

  beforeEach(() => {
    [open, dropped, ended, sleeps] = [[], [], [], []];
    pictures = new Pictures<string>({ maxBytes: 100, bytesOf: () => 10, drop: (name) => dropped.push(name) });
    loader = new PictureLoader<string>({
      pictures,
      load: ({ key }, signal) =>
        new Promise((resolve, reject) => {
          signal.addEventListener('abort', () => reject(new ClientError('STOPPED', 'stopped')));
          open.push({ key, signal, answer: () => resolve(key), fail: reject });
        }),
      drop: (name) => dropped.push(name),
      changed: () => undefined,
      ended: (error) => ended.push(error),
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          sleeps.push({ ms, wake: resolve });
          signal.addEventListener('abort', () => resolve());
        }),
    });
  });

  test('asks for six at once, and for the next when one came', async () => {
    loader.want(wishes('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'));
    expect(asked()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    request('c').answer();
    await settled();
    expect(asked().at(-1)).toBe('g');
    expect(pictures.has('c')).toBe(true);
  });

  test('gives up what is not wished for any more, and keeps what still is', async () => {
    loader.want(wishes('a', 'b', 'c', 'd', 'e', 'f', 'g'));
    loader.want(wishes('e', 'x', 'f'));
    expect(open.filter(({ signal }) => signal.aborted).map(({ key }) => key)).toEqual(['a', 'b', 'c', 'd']);
    expect(asked().slice(6)).toEqual(['x']);
    await settled();
    expect(ended).toEqual([]);
  });

  test('does not ask for what is there already', async () => {
    loader.want(wishes('a'));
    request('a').answer();
    await settled();
    loader.want(wishes('a', 'b'));
    expect(asked()).toEqual(['a', 'b']);
  });

  test('wishes end where the memory for pictures does, so that none pushes out another', () => {
    loader.want(['a', 'b', 'c', 'd'].map((key) => wish(key, 30)));
    expect(asked()).toEqual(['a', 'b']);
  });

  test('asks for the picture that is looked at even where it is larger than all the memory for pictures', () => {
    loader.want([wish('a', 5000), wish('b')]);
    expect(asked()).toEqual(['a']);
  });

  test('one picture that cannot be shown does not hold up the others, and is not asked for again', async () => {
    loader.want(wishes('a', 'b'));
    request('a').fail(problem(422));
    request('b').answer();
    await settled();
    expect(loader.refusal('a')).toMatchObject({ reason: 'because of 422' });
    loader.want(wishes('a', 'b', 'c'));
    expect(asked()).toEqual(['a', 'b', 'c']);
    loader.again('a');
    expect(asked()).toEqual(['a', 'b', 'c', 'a']);
  });

  test('while the exchange is away one request at a time is tried, later and later, and then all goes on', async () => {
    loader.want(wishes('a', 'b', 'c'));
    for (const { fail } of [...open]) fail(new ClientError('EXCHANGE_OUT_OF_REACH', 'broken'));
    await settled();
    expect(loader.trouble).toBe('away');
    expect(sleeps.map(({ ms }) => ms)).toEqual([500]);
    sleeps[0]!.wake();
    await settled();
    expect(asked().slice(3)).toEqual(['a']);
    request('a').fail(problem(503, 'EXCHANGE_UNAVAILABLE'));
    await settled();
    expect(sleeps.map(({ ms }) => ms)).toEqual([500, 1000]);
    sleeps[1]!.wake();
    await settled();
    request('a').answer();
    await settled();
    expect(loader.trouble).toBeNull();
    expect(asked().slice(5)).toEqual(['b', 'c']);
  });

  test('waits as long as the exchange asks for, unless somebody is in a hurry', async () => {
    loader.want(wishes('a'));
    request('a').fail(new ClientError('EXCHANGE_UNAVAILABLE', 'busy', { status: 429, retryAfterMs: 20_000 }));
    await settled();
    expect(sleeps.map(({ ms }) => ms)).toEqual([20_000]);
    expect(loader.trouble).toBe('busy');
    loader.hurry();
    await settled();
    expect(asked()).toEqual(['a', 'a']);
  });

  test.each([401, 404, 410])(
    'after a %i all requests are given up, it is said once, and nothing is asked for again',
    async (status) => {
      loader.want(wishes('a', 'b', 'c'));
      request('b').fail(problem(status));
      await settled();
      expect(ended.map((error) => error.status)).toEqual([status]);
      expect(open.map(({ signal }) => signal.aborted)).toEqual([true, false, true]);
      loader.want(wishes('d'));
      expect(asked()).toEqual(['a', 'b', 'c']);
      expect(pictures.count).toBe(0);
    },
  );

  test('a picture that comes after it was given up is dropped', async () => {
    const late: (() => void)[] = [];
    const stubborn = new PictureLoader<string>({
      pictures,
      load: ({ key }) => new Promise((resolve) => late.push(() => resolve(key))),
      drop: (name) => dropped.push(name),
      changed: () => undefined,
      ended: () => undefined,
      sleep: () => Promise.resolve(),
    });
    stubborn.want(wishes('a'));
    stubborn.want([]);
    late[0]!();
    await settled();
    expect(dropped).toEqual(['a']);
    expect(pictures.has('a')).toBe(false);
  });
});
