export { PeopleError } from './errors.ts';
export { personByEmail } from './factor-standing.store.ts';
export { hashPassword, verifyPassword } from './passwords.ts';
export { peopleRoutes } from './people.routes.ts';
export { accountName, anyAccount, namesOf } from './people.store.ts';
export { clearFactors } from './reset-factors.ts';
export { actorOfSession } from './sessions.ts';
export { SetupSecret } from './setup-secret.ts';
export { actorOfToken } from './tokens.ts';
