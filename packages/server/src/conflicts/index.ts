export { type Moved, moveSpots } from './choice.store.ts';
export { conflictRoutes } from './conflicts.routes.ts';
export { ConflictsError } from './errors.ts';
