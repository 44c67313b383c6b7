export { DiskWatch, type WatchedPlace } from './disk-watch.ts';
export { StorageError } from './errors.ts';
export { storageFigures } from './figures.ts';
export { ownersOfKeys } from './key-owners.ts';
export { overQuota, QuotaGate } from './quota.ts';
export { type Reserve, readReserve, standardReserve } from './reserve.ts';
export { reserving } from './reserving.ts';
export { refuseNewData, storageRoutes } from './storage.routes.ts';
export { SweepJob } from './sweep.job.ts';
