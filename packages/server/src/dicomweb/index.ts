export { capabilitiesRoutes } from './capabilities.routes.ts';
export { deleteRoutes } from './delete.routes.ts';
export { type DicomWebRoute, dicomWebRoutes, mediaTypesOf } from './described-routes.ts';
export { DicomWebError } from './errors.ts';
export { retrieveRoutes } from './retrieve.routes.ts';
export { RetrieveMemory } from './retrieve-memory.ts';
export { searchRoutes } from './search.routes.ts';
export { storeRoutes } from './store.routes.ts';
export { uriRoutes } from './uri.routes.ts';
