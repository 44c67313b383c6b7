import { useSyncExternalStore } from 'react';
import type { Facts } from './facts.ts';
import type { Viewport } from './viewport.ts';

/** Something of the facts, as a value that is compared; the component is drawn again only when it changes. */
export function useFact<T extends string | number | boolean | object | null>(
  viewport: Viewport,
  of: (facts: Facts) => T,
): T {
  return useSyncExternalStore(viewport.subscribe, () => of(viewport.facts()));
}
