export { CompactionJob } from './compaction.job.ts';
export { compactionFigures } from './figures.ts';
export { removeWhole } from './remove-whole.ts';
export { packsUnderOtherKeys, spentKeysOf } from './reseal.store.ts';
export { renewKeys } from './reseal-study.ts';
export { rewriteRoutes } from './rewrite.routes.ts';
export { type RewriteDeps, rewrite } from './rewrite.ts';
export { writeAsToday } from './write-as-today.ts';
