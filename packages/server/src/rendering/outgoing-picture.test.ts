import { setImmediate as soon } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { StudyReader } from '../access/index.ts';
import { ByteBudget } from '../platform/byte-budget.ts';
import type { Receiver } from '../platform/http/taken.ts';
import type { OpenStudy } from '../studies/index.ts';
import type { FoundInstance } from './image-id.ts';
import { outgoingPicture, renderFrame, takenOf } from './outgoing-picture.ts';
import type { RenderingDeps } from './render-frame.ts';
import type { RenderingMemory } from './rendering-memory.ts';

type Site = RenderingDeps & { readonly memory: RenderingMemory };

const found = { pack: { packId: 'a' }, instance: { identityAt: 0 } } as unknown as FoundInstance;
const actor = { kind: 'person', credentialId: 'a' } as unknown as StudyReader;

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
  const finder = { find: async () => found };
  const reads = { opening: async () => {} };
  return { memory: { ...memory, finder }, chains: { study: async () => {} }, reads } as unknown as Site;
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

const asked = { invert: false, overlays: false, format: 'png' } as const;
const roads = [
  ['DICOMweb', (site: Site, to: Receiver) => outgoingPicture(site, site.memory, actor, found, 1, asked, to)],
  [
    'the viewer',
    (site: Site, to: Receiver) =>
      renderFrame(site, site.memory, actor, {} as OpenStudy, { imageId: 'a', frame: 1 }, asked, to),
  ],
] as const;

test.each(roads)(
  'pictures that their receivers do not take count together in %s: the next is made when one is taken, or its receiver is gone',
  async (_road, ask) => {
    const outgoing = new ByteBudget(10 * mib);
    const deps = site(outgoing, 2_900, 8 * mib);
    const [first, second, third] = [receiver(), receiver(), receiver()];
    const one = await ask(deps, first.to);
    const made: string[] = [];
    const other = ask(deps, second.to).finally(() => void made.push('second'));
    const last = ask(deps, third.to).finally(() => void made.push('third'));
    await soon();
    expect([made, outgoing.short]).toEqual([[], true]);
    for await (const _ of takenOf(one));
    await other;
    await soon();
    expect(made).toEqual(['second']);
    second.hangUp();
    await last;
    expect(made).toEqual(['second', 'third']);
  },
);

test.each(roads)('a picture keeps no more than it came to in %s', async (_road, ask) => {
  const outgoing = new ByteBudget(12 * mib);
  const deps = site(outgoing, 2_900, 2 * mib);
  const made: number[] = [];
  for (const to of [receiver().to, receiver().to])
    void ask(deps, to).then(({ bytes }) => void made.push(bytes.length / mib));
  for (let turn = 0; turn < 10; turn++) await soon();
  expect(made).toEqual([2, 2]);
});
