export * from './accounts.ts';
export { type AddressRange, isWithin, readRange, spellRange } from './address-range.ts';
export * from './addresses.ts';
export * from './audit.ts';
export * from './backups.ts';
export { canonicalJson, type Json } from './canonical-json.ts';
export * from './conflicts.ts';
export * from './erasure.ts';
export * from './explanation.ts';
export * from './factors.ts';
export * from './grants.ts';
export * from './groups.ts';
export * from './invitations.ts';
export * from './keys.ts';
export { email as emailAddress } from './line.ts';
export * from './links.ts';
export {
  boundaryOf,
  MultipartError,
  type MultipartErrorCode,
  type MultipartPart,
  readMultipart,
} from './multipart.ts';
export * from './openings.ts';
export { isStrongEnough, type PasswordRule, passwordRules, strictest } from './password-rules.ts';
export { pages, pathOf, paths, studyPaths } from './paths.ts';
export * from './people.ts';
export * from './permissions/index.ts';
export { type Problem, type ProblemCode, problem, problemCodes, type RefusalCode, refusalCodes } from './problems.ts';
export * from './receipt.ts';
export * from './resets.ts';
export * from './roles.ts';
export * from './sessions.ts';
export * from './sign-in.ts';
export * from './sign-in-effects.ts';
export * from './storage.ts';
export { storeAttributes } from './store-answer.ts';
export * from './studies.ts';
export * from './terms.ts';
export * from './tokens.ts';
export * from './users.ts';
export * from './viewing.ts';
export * from './worklist.ts';
