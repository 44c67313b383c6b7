export { type Moved, moveSpots, removeChoicesOf } from './choice.store.ts';
export { conflictRoutes } from './conflicts.routes.ts';
export { ConflictsError } from './errors.ts';
export { packsWithoutCurrent, putBack } from './put-back.ts';
