import type {
  CompactionAnswer,
  RoomState,
  ScrubFinding,
  ScrubPart,
  ScrubRound,
  StoragePlace,
} from '@symbolon/contract';
import { formatBytes, formatCount, formatMoment } from '../ui/amounts.ts';

export const placeNames: Readonly<Record<StoragePlace['name'], string>> = {
  images: 'Image halves',
  identity: 'Identity halves',
  database: 'Database',
  keys: 'Keys',
};

/** How much room there is, and what that means. */
export function roomText({ state, freeBytes, totalBytes, reserveBytes }: StoragePlace): string {
  if (state === 'unknown') return 'not known: its disk does not tell';
  const room = `${formatBytes(freeBytes)} free of ${formatBytes(totalBytes)}`;
  if (state === 'full') return `${room}: full, new data is refused below ${formatBytes(reserveBytes)}`;
  return state === 'low' ? `${room}: soon full, new data is refused below ${formatBytes(reserveBytes)}` : room;
}

/** What an administrator must hear about the room, or nothing. */
export function roomWarning(state: RoomState): string | undefined {
  if (state === 'full')
    return 'A disk is full: new data is refused until there is room again. What is held can be read.';
  return state === 'low' ? 'A disk is soon full. New data will be refused then; what is held can be read.' : undefined;
}

/** The share of a round that is done, 0 to 1; undefined where nobody can tell. */
export function shareDone({ bytes }: Pick<ScrubRound, 'bytes'>, allBytes: number): number | undefined {
  return allBytes > 0 ? Math.min(1, bytes / allBytes) : undefined;
}

export function roundText({ startedAt, endedAt, packs, bytes, damaged }: ScrubRound): string {
  const found = damaged === 0 ? 'nothing damaged' : `${formatCount(damaged, 'pack')} damaged`;
  const read = `${formatBytes(bytes)} in ${formatCount(packs, 'pack')}, ${found}`;
  return endedAt === null ? `begun ${formatMoment(startedAt)}; ${read} so far` : `${formatMoment(endedAt)}: ${read}`;
}

const partTexts: Readonly<Record<ScrubPart, string>> = {
  cells: 'whose it is cannot be read',
  manifest: 'its list of images cannot be read',
  index: 'the index does not say what is held',
  identity: 'its headers cannot be read',
  image: 'its pixel data cannot be read whole',
  keys: 'a key that opens it is lost',
};

export const findingText = ({ part, instances }: Pick<ScrubFinding, 'part' | 'instances'>): string =>
  `${formatCount(instances, 'image')}: ${partTexts[part]}`;

/** The server counts no further. */
const mostCounted = 100_000;

export function waitingText(so: Pick<CompactionAnswer, 'waiting' | 'toCompress' | 'toCompressBytes'>): string {
  const many = so.toCompress >= mostCounted ? 'more than ' : '';
  const parts = [
    ...(so.waiting > 0 ? [`${formatCount(so.waiting, 'series', 'series')} to put together`] : []),
    ...(so.toCompress > 0
      ? [`${many}${formatCount(so.toCompress, 'pack')} of ${formatBytes(so.toCompressBytes)} to compress`]
      : []),
  ];
  return parts.join(', ') || 'nothing';
}

export const joinedText = ({ joined, rewrites }: Pick<CompactionAnswer, 'joined' | 'rewrites'>): string =>
  `${formatCount(joined, 'pack')} became ${rewrites}`;

/** Before, after, and what that saves. */
export function compressedText(so: Pick<CompactionAnswer, 'compressed' | 'storedBefore' | 'storedAfter'>): string {
  const saved = so.storedBefore > 0 ? Math.max(0, Math.round(100 * (1 - so.storedAfter / so.storedBefore))) : 0;
  const sizes = `${formatBytes(so.storedBefore)} became ${formatBytes(so.storedAfter)}`;
  return `${formatCount(so.compressed, 'pack')}: ${sizes}, ${saved} % less`;
}

export const costText = ({ kept, keptBytes }: Pick<CompactionAnswer, 'kept' | 'keptBytes'>): string =>
  `${formatBytes(keptBytes)}: ${formatCount(kept, 'replaced pack')}, kept for those who are reading them`;
