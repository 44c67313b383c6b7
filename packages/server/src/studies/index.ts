export {
  instanceTags,
  patientTags,
  pickAttributes,
  seriesTags,
  studyTags,
} from './attributes.ts';
export { StudiesError } from './errors.ts';
export { originalsRoutes } from './originals.routes.ts';
export { type Belonging, bucketsOf, type PlacedSeries, placeSeries } from './place-series.ts';
export { retrieveRoutes } from './retrieve.routes.ts';
export { searchRoutes } from './search.routes.ts';
export { SearchTokens } from './search-tokens.ts';
export { countIn, lockBuckets } from './study.store.ts';
export { StudyCells } from './study-cells.ts';
