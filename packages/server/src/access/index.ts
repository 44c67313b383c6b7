export type { Actor, SignedIn } from './actor.ts';
export { AccessError } from './errors.ts';
export { guard, signedIn } from './guard.ts';
export { may } from './policy.ts';
