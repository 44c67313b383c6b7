import type { RoomState, ScrubFinding, ScrubPart, ScrubRound, StoragePlace } from '@symbolon/contract';
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
