export { GroupsError } from './errors.ts';
export { groupRoutes } from './groups.routes.ts';
export { rightsOfMembers } from './rights-of-members.ts';
