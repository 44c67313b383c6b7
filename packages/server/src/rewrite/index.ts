export { CompactionJob } from './compaction.job.ts';
export { compactionFigures } from './figures.ts';
export { rewriteRoutes } from './rewrite.routes.ts';
