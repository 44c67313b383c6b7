export type { Actor, LinkVisitor, SignedIn, StudyReader } from './actor.ts';
export { Attempts, type Limit, networkOf } from './attempts.ts';
export { linkCookieOf, noSessionCookie, sessionCookieOf } from './cookies.ts';
export { AccessError } from './errors.ts';
export { guard, signedIn, studyReader } from './guard.ts';
export { may } from './policy.ts';
