export { SharingError } from './errors.ts';
export { linkRoutes } from './links.routes.ts';
export { actorOfLink } from './open-link.ts';
