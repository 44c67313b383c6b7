export type { Actor, SignedIn } from './actor.ts';
export { AccessError, type AccessErrorCode } from './errors.ts';
export { guard, signedIn } from './guard.ts';
export { may } from './policy.ts';
