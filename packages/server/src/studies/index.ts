export {
  firstValue,
  instanceTags,
  patientTags,
  pickAttributes,
  seriesTags,
  studyTags,
  valuesOf,
} from './attributes.ts';
export { StudiesError, type StudiesErrorCode } from './errors.ts';
export { originalsRoutes } from './originals.routes.ts';
export { type Belonging, bucketsOf, type PlacedSeries, placeSeries } from './place-series.ts';
export { type RetrieveDeps, retrieveRoutes } from './retrieve.routes.ts';
export { searchRoutes } from './search.routes.ts';
export { SearchTokens } from './search-tokens.ts';
export { countIn, lockBuckets } from './study.store.ts';
export { StudyCells } from './study-cells.ts';
