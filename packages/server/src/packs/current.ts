import type { Manifest, ManifestInstance } from './manifest.ts';

/**
 * Which instances of a pack are current: searched, served and counted under their SOP Instance UID. `state` is what the
 * whole pack arrived as. `turned`: the positions in its manifest that a person's choice turned over since (Law 5).
 */
export type Standing = { readonly state: 'current' | 'aside'; readonly turned: readonly number[] };

export type Placed = { readonly instance: ManifestInstance; readonly position: number };

export function isCurrent({ state, turned }: Standing, position: number): boolean {
  return (state === 'current') !== turned.includes(position);
}

/** The current instances of a pack, in the order in which they were admitted. Whoever gives anything out asks here. */
export function currentIn({ state, turned }: Standing, { instances }: Manifest): Placed[] {
  const over = new Set(turned);
  return instances.flatMap((instance, position) =>
    (state === 'current') === over.has(position) ? [] : [{ instance, position }],
  );
}
