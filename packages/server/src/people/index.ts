export { PeopleError } from './errors.ts';
export { peopleRoutes } from './people.routes.ts';
export { anyAccount } from './people.store.ts';
export { SetupSecret } from './setup-secret.ts';
export { actorOfToken } from './tokens.ts';
