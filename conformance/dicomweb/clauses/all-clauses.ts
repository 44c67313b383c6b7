import { resources } from './8.3-resources.ts';
import { mediaTypes } from './8.7-media-types.ts';
import { retrieve } from './10.4-retrieve.ts';
import { storing } from './10.5-store.ts';
import { search } from './10.6-search.ts';
import type { Clause } from './check.ts';

export const clauses: readonly Clause[] = [resources, mediaTypes, retrieve, storing, search];
