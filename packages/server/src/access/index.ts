export type { Actor, LinkVisitor, SignedIn, StudyReader } from './actor.ts';
export { Attempts, type Limits, networkOf } from './attempts.ts';
export { linkCookieOf, noSessionCookie, sessionCookieOf } from './cookies.ts';
export { AccessError } from './errors.ts';
export { guard, type LinkCredential, signedIn, studyReader } from './guard.ts';
export { may } from './policy.ts';
export { whileAllowed } from './while-allowed.ts';
