export { OpeningsError } from './errors.ts';
export { openingFigures } from './figures.ts';
export { resealReasons } from './opening-cells.ts';
export { openingRoutes } from './openings.routes.ts';
