export type { Actor, LinkVisitor, SignedIn, StudyReader } from './actor.ts';
export { actorNow, rightsAt } from './actor-now.ts';
export { Attempts, type Limit, type Limits, networkOf, type Past, siteOf } from './attempts.ts';
export { deviceCookieOf, deviceSecretIn, linkCookieOf, noSessionCookie, sessionCookieOf } from './cookies.ts';
export { AccessError, AddressRefused, identitiesClosed, proofNeeded } from './errors.ts';
export { explainPermissions, explainStudy, holdingOn } from './explain.ts';
export { guard, type LinkCredential, signedIn, studyReader } from './guard.ts';
export {
  allIn,
  allOnStudy,
  beyondOf,
  gainedBy,
  othersTokenBeyondOf,
  reachedByGrants,
  refuseBeyond,
  tokenBeyondOf,
} from './hand-out.ts';
export { admits, decisionsFrom, decisionsOf, type HeldRole } from './held-role.ts';
export { ofAccount, type Routed, within } from './of-account.ts';
export { may, mayIdentify, type Thing, voices } from './policy.ts';
export { type Part, type Reach, reachOf } from './reach.ts';
export { type Rights, rightsOf, withoutIdentities } from './rights.ts';
export { lockRights, type Standing, scopeOfToken, standingOf } from './standing.store.ts';
export { whileAllowed } from './while-allowed.ts';
