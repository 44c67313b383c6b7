import type { Region } from './region.ts';

/** How a frame is to be shown: a window in place of the header's, everything inverted, a part in place of the whole. */
export type Look = {
  readonly window?: { readonly center: number; readonly width: number } | undefined;
  readonly invert?: boolean;
  readonly region?: Region | undefined;
  /** Whether graphics are drawn over it; they are where nothing else is said. */
  readonly overlays?: boolean | undefined;
};
