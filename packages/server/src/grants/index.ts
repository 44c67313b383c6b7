export { GrantsError } from './errors.ts';
export { grantRoutes } from './grants.routes.ts';
