export { TermsError } from './errors.ts';
export { termsRoutes } from './terms.routes.ts';
