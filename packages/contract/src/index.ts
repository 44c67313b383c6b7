export { canonicalJson, type Json } from './canonical-json.ts';
export {
  boundaryOf,
  MultipartError,
  type MultipartErrorCode,
  type MultipartPart,
  readMultipart,
} from './multipart.ts';
export { pathOf, paths } from './paths.ts';
export * from './people.ts';
export { type Action, permissions, type Role, rolePermissions, roles } from './permissions.ts';
export { type Problem, type ProblemCode, problem, problemCodes, type RefusalCode, refusalCodes } from './problems.ts';
export * from './receipt.ts';
export { storeAttributes } from './store-answer.ts';
export * from './studies.ts';
