export { SharingError } from './errors.ts';
export { countLinksOf, removeLinksOf } from './link.store.ts';
export { resealNotes } from './link-cells.ts';
export { linkRoutes } from './links.routes.ts';
export { actorOfLink } from './open-link.ts';
