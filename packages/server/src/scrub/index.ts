export { scrubFigures } from './figures.ts';
export { Pace, Stopped } from './pace.ts';
export { ScrubJob, type ScrubJobDeps } from './scrub.job.ts';
export { scrubRoutes } from './scrub.routes.ts';
export { scrubSome } from './scrub.ts';
