import { setImmediate as soon } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ByteBudget } from '../platform/byte-budget.ts';
import { RenderingError } from '../rendering/index.ts';
import { picture, taken, whenThereIsATurn } from './pictures.ts';
import type { Asked, Found, RetrieveDeps } from './selection.ts';
import type { Receiver } from './taken.ts';

const mib = 1024 * 1024;

/** Grey pictures of so many pixels on a side, each of which came to so many bytes. */
function site(outgoing: ByteBudget, side: number, bytes: number) {
  const model = { format: { rows: side, columns: side }, aspect: 1, colour: false };
  const memory = {
    outgoing,
    pictures: { open: async () => ({ model }) },
    keeping: () => ({}),
    made: () => ({ bytes: new Uint8Array(bytes), window: null }),
  };
  return { memory, chains: { study: async () => {} } } as unknown as RetrieveDeps;
}

function receiver() {
  const then: (() => void)[] = [];
  const whenOver = (call: () => void) => {
    then.push(call);
    return () => {};
  };
  const to: Receiver = { signal: new AbortController().signal, whenOver, cut: () => {} };
  return { to, hangUp: () => then.forEach((call) => void call()) };
}

const ask = (deps: RetrieveDeps, to: Receiver) =>
  picture(
    deps,
    { actor: { kind: 'person', credentialId: 'a' } } as unknown as Asked,
    { pack: { packId: 'a' }, instance: { identityAt: 0 } } as unknown as Found,
    { number: 1, of: 1 },
    { look: {}, annotation: [] },
    'png',
    to,
  );

test('pictures that their receivers do not take count together: the next is made when one is taken, or its receiver is gone', async () => {
  const outgoing = new ByteBudget(10 * mib);
  const deps = site(outgoing, 2_900, 8 * mib);
  const [first, second, third] = [receiver(), receiver(), receiver()];
  const one = await ask(deps, first.to);
  const made: string[] = [];
  const other = ask(deps, second.to).finally(() => void made.push('second'));
  const last = ask(deps, third.to).finally(() => void made.push('third'));
  await soon();
  expect([made, outgoing.short]).toEqual([[], true]);
  for await (const _ of taken(one));
  await other;
  await soon();
  expect(made).toEqual(['second']);
  second.hangUp();
  await last;
  expect(made).toEqual(['second', 'third']);
});

test('a picture keeps no more than it came to', async () => {
  const outgoing = new ByteBudget(12 * mib);
  const deps = site(outgoing, 2_900, 2 * mib);
  const made: number[] = [];
  for (const to of [receiver().to, receiver().to])
    void ask(deps, to).then(({ bytes }) => void made.push(bytes.length / mib));
  for (let turn = 0; turn < 10; turn++) await soon();
  expect(made).toEqual([2, 2]);
});

test('who is under way comes again where there is no turn to wait for, until there is one, or nobody waits any more', async () => {
  const busy = new RenderingError('RENDERING_BUSY', 'Too many.');
  let tries = 0;
  const to = receiver().to;
  const third = async (): Promise<number> => {
    tries += 1;
    if (tries < 3) throw busy;
    return tries;
  };
  expect(await whenThereIsATurn(to, third)).toBe(3);
  const other = new RenderingError('PIXELS_NOT_RENDERABLE', 'Damaged.');
  await expect(whenThereIsATurn(to, () => Promise.reject(other))).rejects.toBe(other);
  const leaving = new AbortController();
  const never = whenThereIsATurn({ signal: leaving.signal }, () => Promise.reject(busy));
  leaving.abort();
  await expect(never).rejects.toMatchObject({ name: 'AbortError' });
});
