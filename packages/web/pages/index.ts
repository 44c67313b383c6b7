import { join } from 'node:path';
import { type BuiltPages, buildPages as buildIn } from './build-pages.ts';

export type { BuiltPages } from './build-pages.ts';

/** The web app of this checkout, built when its sources changed since it was built last. */
export function buildPages(): Promise<BuiltPages> {
  return buildIn({
    root: join(import.meta.dirname, '../../..'),
    dist: join(import.meta.dirname, '../dist'),
  });
}
