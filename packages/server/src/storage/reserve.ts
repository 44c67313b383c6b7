/** So much of a disk stays free, whichever is more. `share` is of the whole disk, 0 to 1. Units: bytes. */
export type Reserve = { readonly bytes: number; readonly share: number };

/**
 * What may be on its way when the reserve is reached, and what PostgreSQL needs to come to rest: its log grows to
 * `max_wal_size` (512 MB here) between two checkpoints, and a commit that finds no room for it is a crash.
 */
export const standardReserve: Reserve = { bytes: 2 * 1024 ** 3, share: 0.02 };

const units: Readonly<Record<string, number>> = { MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4 };

/** Reads "5GiB", "500MiB", "2%"; undefined where it is none of these. */
export function readReserve(text: string): Reserve | undefined {
  const [, digits = '', unit = ''] = /^(\d{1,6}(?:\.\d{1,3})?) ?(MiB|GiB|TiB|%)$/.exec(text.trim()) ?? [];
  if (digits === '') return undefined;
  if (unit !== '%') return { bytes: Number(digits) * (units[unit] as number), share: 0 };
  return Number(digits) < 100 ? { bytes: 0, share: Number(digits) / 100 } : undefined;
}

export function reserveOf({ bytes, share }: Reserve, totalBytes: number): number {
  return Math.round(Math.max(bytes, share * totalBytes));
}
