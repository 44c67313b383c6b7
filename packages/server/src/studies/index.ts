export { archiveRoutes } from './archive.routes.ts';
export { type ArchiveDeps, archived, archiveHeaders } from './archive.ts';
export {
  firstValue,
  instanceTags,
  patientTags,
  pickAttributes,
  pickLevels,
  searchKeysOf,
  seriesTags,
  studyTags,
} from './attributes.ts';
export { type ChosenStudy, chooseStudies, joins } from './choose-studies.ts';
export { lineForPeople, shown } from './display.ts';
export { notFound, StudiesError } from './errors.ts';
export {
  firstInstanceIn,
  instancesIn,
  instancesOf,
  type OpenInstance,
  type OpenSeries,
  type OpenStudy,
  type Part,
  partByUid,
  seriesIn,
  seriesOfStudies,
  studiesByUid,
} from './find-in-study.ts';
export { type SearchKey, tagOf } from './key-matcher.ts';
export { lockStudies } from './lock-studies.ts';
export {
  identifies,
  placeOf,
  placeOfStudy,
  placeReached,
  reachedStudy,
  requireIdentity,
  stillWhole,
  studyForReader,
} from './open-study.ts';
export { originalsRoutes } from './originals.routes.ts';
export {
  type Belonging,
  bucketsOf,
  type PlacedSeries,
  type PlaceRequest,
  placeSeries,
  sharedBy,
} from './place-series.ts';
export { reached } from './reached.store.ts';
export { reindexFigures, reindexJob } from './reindex.job.ts';
export { reindexRoutes } from './reindex.routes.ts';
export { type RetellDeps, retellStudy } from './retell-study.ts';
export { safePreamble } from './safe-preamble.ts';
export { searchIndexOf } from './search-index.store.ts';
export {
  type Match,
  type MatchPage,
  matchesOfAll,
  matchesOfParts,
  pageByStudyDate,
  pageOf,
  type SearchLevel,
  type WalkPlace,
} from './search-matches.ts';
export { countsOfPatients, findPatients, type PatientCounts } from './search-patients.ts';
export type { ReadingDeps, StudiesDeps } from './search-studies.ts';
export { followSearchIndexes, SearchTokens } from './search-tokens.ts';
export { studiesSeenBy } from './seen-by.ts';
export { studiesByIdentifier } from './studies-by-identifier.ts';
export {
  type Added,
  countIn,
  keepStudyKeys,
  lockBuckets,
  type StudyRow,
  seriesCellsOf,
  studiesByIds,
  studyById,
  writeSeriesCell,
  writeStudyCell,
} from './study.store.ts';
export { StudyCells } from './study-cells.ts';
export { mayName, type StudyLabel, studyLabels } from './study-labels.ts';
export { countStudies } from './study-search.store.ts';
export { countsAsTheirs, extentOf, thingOf } from './thing.ts';
export { namespacesOf, type Version, versionsWithUids } from './versions.ts';
export { worklistRoutes } from './worklist.routes.ts';
