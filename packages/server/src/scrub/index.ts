export { scrubFigures } from './figures.ts';
export { ScrubJob } from './scrub.job.ts';
export { scrubRoutes } from './scrub.routes.ts';
