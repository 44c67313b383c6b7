export { applyTombstones } from './apply-tombstones.ts';
export { type ErasureDeps, eraseStudy } from './ask-erasure.ts';
export { erasureJob } from './erasure.job.ts';
export { erasureRoutes } from './erasure.routes.ts';
export { ErasureError } from './errors.ts';
export { erasedAmong, isBeingErased, onceOutOfSight } from './out-of-sight.ts';
