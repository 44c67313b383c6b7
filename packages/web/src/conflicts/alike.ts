import type { Difference, KeptInstance } from '@symbolon/contract';
import { formatCount } from '../ui/amounts.ts';

/** Instances that differ from those held in the same way: three hundred slices with another name are one thing to look at. */
export type Alike = {
  readonly key: string;
  readonly state: KeptInstance['state'];
  readonly instances: readonly KeptInstance[];
  readonly differences: readonly Difference[];
  readonly moreDifferences: number;
};

export function alike(instances: readonly KeptInstance[]): Alike[] {
  const groups = Map.groupBy(
    instances,
    ({ state, held, differences, moreDifferences, pixels, unreadable, frames, framesDifferent }) =>
      JSON.stringify([state, held === null, pixels, unreadable, frames, framesDifferent, moreDifferences, differences]),
  );
  return [...groups].map(([key, of]) => {
    const { state, differences, moreDifferences } = of[0] as KeptInstance;
    return { key, state, instances: of, differences, moreDifferences };
  });
}

/** Whether something is among them that nothing is held beside: what is chosen for all of them cannot be the new content. */
export function someAlone(groups: readonly Alike[]): boolean {
  return groups.some(({ instances }) => instances.some(({ held }) => held === null));
}

/** Which images these are, as people count them: `Series 2 “Thorax”: images 1–3, 7`. */
export function whichImages(instances: readonly KeptInstance[]): string[] {
  const series = Map.groupBy(instances, ({ seriesNumber, seriesDescription }) => {
    const name = seriesNumber === null ? 'A series without a number' : `Series ${seriesNumber}`;
    return seriesDescription === '' ? name : `${name} “${seriesDescription}”`;
  });
  return [...series].map(([name, of]) => {
    const numbers = of.flatMap(({ instanceNumber }) => (instanceNumber === null ? [] : [instanceNumber]));
    if (numbers.length < of.length) return `${name}: ${formatCount(of.length, 'image')}`;
    return `${name}: ${numbers.length === 1 ? 'image' : 'images'} ${ranges(numbers)}`;
  });
}

/** `1–3, 7` of 3, 1, 2, 7. */
export function ranges(numbers: readonly number[]): string {
  const runs: [from: number, to: number][] = [];
  for (const number of [...new Set(numbers)].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last && last[1] === number - 1) last[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(', ');
}

/** What there is to say of the pictures, and whether it is something to look at. */
export function pictureWords({ held, pixels, frames, framesDifferent }: KeptInstance): { text: string; loud: boolean } {
  if (held === null)
    return {
      text: 'Nothing else is here to compare it with: it differs from what lies elsewhere in the account.',
      loud: true,
    };
  if (pixels === 'same') return { text: 'The picture is the same.', loud: false };
  if (pixels === 'none') return { text: 'There is no picture in either.', loud: false };
  if (pixels === 'not compared')
    return {
      text: 'The pictures were not compared: they are too large for it, or stored in different ways.',
      loud: true,
    };
  if (frames !== null && frames > 1 && framesDifferent !== null)
    return { text: `The picture is different, in ${framesDifferent} of ${formatCount(frames, 'frame')}.`, loud: true };
  return { text: 'The picture is different.', loud: true };
}
