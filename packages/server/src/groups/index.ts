export { GroupsError } from './errors.ts';
export { groupRoutes } from './groups.routes.ts';
