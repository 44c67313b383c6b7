import { maxPackBytes, maxPackInstances } from '../packs/index.ts';

/** A pack of a series as far as it matters for joining. `bytes` of its files as sent. */
export type Joinable = {
  readonly packId: string;
  readonly state: 'current' | 'aside';
  readonly sentBy: string | null;
  readonly bytes: number;
  readonly instanceCount: number;
  /** The scrub found it damaged: it is left as it is, for people. */
  readonly damaged: boolean;
};

const sum = (packs: readonly Joinable[]): number => packs.reduce((total, { bytes }) => total + bytes, 0);

/**
 * Which packs of a series become one pack each; all others stay.
 *
 * Shape   in: all packs of the series, in the order of their arrival. out: runs of two or more neighbours.
 * Law     a run keeps within the limits of a pack, is of one sender, and passes nothing over: instances keep their order.
 *         What arrived aside is not joined, what is damaged neither.
 *         No pack is written anew unless as much again comes with it. So a series that grows for years is not copied whole
 *         with each image: a byte is written once more for each doubling, twenty times or so until a pack is full.
 */
export function runsToJoin(packs: readonly Joinable[]): Joinable[][] {
  const runs: Joinable[][] = [];
  let open: Joinable[] = [];
  const close = (): void => {
    runs.push(...worthwhile(open));
    open = [];
  };
  for (const pack of packs) {
    const mayBe = pack.state === 'current' && !pack.damaged;
    if (!mayBe || !fits(open, pack)) close();
    if (mayBe) open.push(pack);
  }
  close();
  return runs;
}

function fits(open: readonly Joinable[], pack: Joinable): boolean {
  const [first] = open;
  if (first === undefined) return true;
  const instances = open.reduce((total, { instanceCount }) => total + instanceCount, pack.instanceCount);
  return first.sentBy === pack.sentBy && instances <= maxPackInstances && sum(open) + pack.bytes <= maxPackBytes;
}

/** Without what is larger than all that would come with it. */
function worthwhile(run: readonly Joinable[]): Joinable[][] {
  const all: Joinable[][] = [];
  for (const todo = [[...run]]; todo.length > 0; ) {
    const some = todo.shift() as Joinable[];
    if (some.length < 2) continue;
    const largest = some.reduce((at, pack, next) => (pack.bytes > (some[at] as Joinable).bytes ? next : at), 0);
    const { bytes } = some[largest] as Joinable;
    if (bytes > sum(some) - bytes) todo.unshift(some.slice(0, largest), some.slice(largest + 1));
    else all.push(some);
  }
  return all;
}
