export { conflictRoutes } from './conflicts.routes.ts';
export { ConflictsError } from './errors.ts';
