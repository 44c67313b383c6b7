import { exoticEncodings } from './exotic-encodings.ts';
import type { ExoticFile } from './exotic-file.ts';
import { exoticNames } from './exotic-names.ts';
import { exoticObjects } from './exotic-objects.ts';
import { exoticPixels } from './exotic-pixels.ts';

/** Small files, all valid or accepted in the field, each unusual in the one way that its `quirk` says. */
export function exoticFiles(seed: number): ExoticFile[] {
  return [...exoticEncodings(seed), ...exoticPixels(seed), ...exoticNames(seed), ...exoticObjects(seed)];
}
