export type { Actor, LinkVisitor, SignedIn, StudyReader } from './actor.ts';
export { Attempts, type Limits, networkOf } from './attempts.ts';
export { linkCookieOf, noSessionCookie, sessionCookieOf } from './cookies.ts';
export { AccessError } from './errors.ts';
export { guard, type LinkCredential, signedIn, studyReader } from './guard.ts';
export { may, mayIdentify, type Thing } from './policy.ts';
export { type Part, type Reach, reachOf } from './reach.ts';
export { type Rights, rightsOf } from './rights.ts';
export { whileAllowed } from './while-allowed.ts';
