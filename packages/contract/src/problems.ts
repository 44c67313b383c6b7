import { z } from 'zod';

/**
 * Every code a problem answer (RFC 9457) of the exchange can carry; `docs/errors.md` says what each means and what
 * to do. Clients decide by code, never by the words.
 */
export const problemCodes = [
  'ACCESS_ADDRESS_REFUSED',
  'ACCESS_CROSS_SITE',
  'ACCESS_REFUSED',
  'ACCESS_SIGN_IN_NEEDED',
  'ACCESS_TOO_MANY_TRIES',
  'ACCOUNT_CLOSED',
  'ACCOUNT_EXISTS_ALREADY',
  'ADDRESSES_WITHOUT_YOU',
  'ACCOUNT_NOT_FOUND',
  'ACCOUNT_OWNER_UNFIT',
  'BACKUP_NO_PLACE',
  'BLOBS_UNAVAILABLE',
  'CONFLICT_CHANGED',
  'CONFLICT_NOT_FOUND',
  'DATABASE_UNAVAILABLE',
  'ERASURE_CHANGED',
  'ERASURE_HELD',
  'ERASURE_NOT_CERTIFIED',
  'ERASURE_NOT_FOUND',
  'ERASURE_UNDER_WAY',
  'GROUP_HOLDS_STUDIES',
  'GROUP_NAME_TAKEN',
  'GROUP_NOT_FOUND',
  'HOLD_NOT_FOUND',
  'INTAKE_CONTENT_TYPE_UNSUPPORTED',
  'INTAKE_EMPTY',
  'INTAKE_MULTIPART_BROKEN',
  'INTERNAL_ERROR',
  'INVITATION_EXPIRED',
  'INVITATION_NOT_FOUND',
  'INVITATION_PASSWORD_WRONG',
  'INVITATION_USED',
  'KEYS_BUSY',
  'KEYS_UNAVAILABLE',
  'LINK_EXPIRED',
  'LINK_NOT_FOUND',
  'LINK_PASSWORD_WRONG',
  'LINK_REVOKED',
  'NOT_ACCEPTABLE',
  'NOT_FOUND',
  'PASSWORD_TOO_WEAK',
  'PIXELS_NOT_RENDERABLE',
  'QUOTA_EXCEEDED',
  'RECEIPT_INSTANCE_NOT_HELD',
  'RENDERING_BUSY',
  'REQUEST_INVALID',
  'REQUEST_TOO_LARGE',
  'RESTORE_NOTHING_HELD',
  'RIGHTS_BEYOND_YOURS',
  'ROLE_BUILT_IN',
  'ROLE_IN_USE',
  'ROLE_NAME_TAKEN',
  'ROLE_NOT_FOUND',
  'SEALED_DATA_DAMAGED',
  'SETUP_SECRET_WRONG',
  'STORAGE_FULL',
  'STUDY_NOT_FOUND',
  'SWEEP_COMMIT_OPEN',
  'SWEEP_RUNNING',
  'SWEEP_TOO_MANY',
  'TOKEN_LIFE_TOO_LONG',
  'TOKEN_NOT_FOUND',
  'USER_EXISTS_ALREADY',
  'USER_IS_LAST_ADMINISTRATOR',
  'USER_IS_OWNER',
  'USER_NOT_FOUND',
  'USER_STATE_OTHER',
] as const;
export type ProblemCode = (typeof problemCodes)[number];

/** The body of every error answer, `application/problem+json`. Units: `retryAfterSeconds` in seconds. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.enum(problemCodes),
  detail: z.string(),
  retryAfterSeconds: z.int().optional(),
});
export type Problem = z.infer<typeof problem>;

/** Why one instance was not taken. The conformance statement's table gives the DICOM Failure Reason of each. */
export const refusalCodes = [
  'CONFLICT_KEPT_ASIDE',
  'DICOM_UNREADABLE',
  'DICOM_UID_INVALID',
  'DICOM_WRONG_STUDY',
  'INSTANCE_TOO_LARGE',
  'QUOTA_EXCEEDED',
  'STORE_FAILED',
] as const;
export type RefusalCode = (typeof refusalCodes)[number];
