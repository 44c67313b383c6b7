export { openApiRoute } from './openapi.routes.ts';
