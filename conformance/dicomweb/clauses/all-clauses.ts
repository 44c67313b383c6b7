import { rendering } from './8.3.5-rendering.ts';
import { resources } from './8.3-resources.ts';
import { renderedMediaTypes } from './8.7.4-rendered-media-types.ts';
import { mediaTypes } from './8.7-media-types.ts';
import { capabilities } from './8.9-capabilities.ts';
import { uri } from './9-uri.ts';
import { renderedResources } from './10.4-rendered.ts';
import { retrieve } from './10.4-retrieve.ts';
import { storing } from './10.5-store.ts';
import { search } from './10.6-search.ts';
import type { Clause } from './check.ts';

export const clauses: readonly Clause[] = [
  resources,
  rendering,
  mediaTypes,
  renderedMediaTypes,
  capabilities,
  uri,
  retrieve,
  renderedResources,
  storing,
  search,
];
