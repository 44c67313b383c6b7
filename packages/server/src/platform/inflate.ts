import { inflateRawSync } from 'node:zlib';

/** How deflated data sets are read, on the way in and on the way out alike: what was accepted must stay readable. */
export const inflating = {
  inflateRaw: (bytes: Uint8Array, maxBytes: number): Uint8Array => inflateRawSync(bytes, { maxOutputLength: maxBytes }),
  /** What an inflated data set may grow to: some times the largest that devices write. */
  maxInflatedBytes: 512 * 1024 * 1024,
} as const;
