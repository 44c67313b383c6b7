export { applyTombstones } from './apply-tombstones.ts';
export { erasureJob } from './erasure.job.ts';
export { erasureRoutes } from './erasure.routes.ts';
export { ErasureError } from './errors.ts';
