import type { Problem, ProblemCode } from '@symbolon/contract';
import { VaultError } from '@symbolon/vault';
import { ZodError } from 'zod';
import { AccessError } from './access/index.ts';
import { BackupError } from './backup/index.ts';
import { ConflictsError } from './conflicts/index.ts';
import { DicomWebError } from './dicomweb/index.ts';
import { ErasureError } from './erasure/index.ts';
import { FactorError } from './factors/index.ts';
import { GrantsError } from './grants/index.ts';
import { GroupsError } from './groups/index.ts';
import { IntakeError } from './intake/index.ts';
import { KeysError } from './keys/index.ts';
import { OpeningsError } from './openings/index.ts';
import { PacksError } from './packs/index.ts';
import { PasswordsBusy, PasswordTooWeak } from './passwords/index.ts';
import { PeopleError } from './people/index.ts';
import { BlobError, type BlobErrorCode } from './platform/blobs/blob-store.ts';
import { isDatabaseAway } from './platform/db/database.ts';
import { RenderingError } from './rendering/index.ts';
import { RolesError } from './roles/index.ts';
import { SharingError } from './sharing/index.ts';
import { StorageError } from './storage/index.ts';
import { StudiesError } from './studies/index.ts';
import { TermsError } from './terms/index.ts';

type Row = { readonly status: number; readonly title: string; readonly retryAfterSeconds?: number };

/** Every problem's status and title; `docs/errors.md` has a line for each. A missing row does not compile. */
export const problems: Record<ProblemCode, Row> = {
  ACCESS_ADDRESS_REFUSED: { status: 403, title: 'Not from this address' },
  ACCESS_CROSS_SITE: { status: 403, title: 'Asked by another site' },
  ACCESS_PROOF_NEEDED: { status: 403, title: 'Proof needed' },
  ACCESS_REFUSED: { status: 403, title: 'Not permitted' },
  ACCESS_SIGN_IN_NEEDED: { status: 401, title: 'Sign-in needed' },
  ACCESS_SIGN_IN_UNFINISHED: { status: 401, title: 'Sign-in not finished' },
  ACCESS_TOO_MANY_TRIES: { status: 429, title: 'Too many tries' },
  ACCOUNT_CLOSED: { status: 409, title: 'The account is closed' },
  ACCOUNT_EXISTS_ALREADY: { status: 409, title: 'Set up already' },
  ADDRESSES_WITHOUT_YOU: { status: 409, title: 'It would lock you out' },
  ACCOUNT_NOT_FOUND: { status: 404, title: 'No such account' },
  ACCOUNT_OWNER_UNFIT: { status: 409, title: 'Cannot be the owner' },
  BACKUP_NO_PLACE: { status: 409, title: 'There is no place for backups' },
  BLOBS_UNAVAILABLE: { status: 503, title: 'The image store does not take data now', retryAfterSeconds: 5 },
  CONFLICT_CHANGED: { status: 409, title: 'Changed meanwhile' },
  CONFLICT_NOT_FOUND: { status: 404, title: 'No such choice' },
  DATABASE_UNAVAILABLE: { status: 503, title: 'The database is away', retryAfterSeconds: 2 },
  DEVICE_NOT_FOUND: { status: 404, title: 'No such browser' },
  EMERGENCY_NOTHING_FOUND: { status: 404, title: 'No study fits' },
  EMAIL_TAKEN: { status: 409, title: 'The address is taken' },
  ERASURE_AMBIGUOUS: { status: 409, title: 'Several studies have this UID' },
  ERASURE_CHANGED: { status: 409, title: 'Changed meanwhile' },
  ERASURE_HELD: { status: 409, title: 'A hold stops it' },
  ERASURE_NOT_CERTIFIED: { status: 409, title: 'No certificate yet' },
  ERASURE_NOT_FOUND: { status: 404, title: 'No such erasure' },
  ERASURE_UNDER_WAY: { status: 409, title: 'It is being erased' },
  FACTOR_ENROLMENT_OVER: { status: 409, title: 'Begin anew' },
  FACTOR_NEEDED: { status: 403, title: 'A second factor is needed' },
  FACTOR_NOT_FOUND: { status: 404, title: 'No such second factor' },
  FACTOR_REQUIRED: { status: 409, title: 'The last second factor' },
  FACTOR_TOO_MANY: { status: 409, title: 'Too many passkeys' },
  FACTOR_WRONG: { status: 403, title: 'Not accepted' },
  FRAME_NOT_FOUND: { status: 404, title: 'No such frame' },
  GRANTEE_NOT_FOUND: { status: 404, title: 'No such person or group' },
  GRANT_BEYOND_OWN: { status: 403, title: 'More than one has oneself' },
  GRANT_NOT_FOUND: { status: 404, title: 'No such grant' },
  GRANT_TO_ONESELF: { status: 403, title: 'Not to oneself' },
  GROUP_HOLDS_STUDIES: { status: 409, title: 'Studies live in it' },
  GROUP_NAME_TAKEN: { status: 409, title: 'That name is taken' },
  GROUP_NOT_FOUND: { status: 404, title: 'No such group or location' },
  HOLD_NOT_FOUND: { status: 404, title: 'No such hold' },
  IDENTITIES_CLOSED: { status: 403, title: 'Identities are closed' },
  INTAKE_CONTENT_TYPE_UNSUPPORTED: { status: 415, title: 'Content type not supported' },
  INTAKE_EMPTY: { status: 400, title: 'Nothing was sent' },
  INTAKE_MULTIPART_BROKEN: { status: 400, title: 'The multipart body is broken' },
  INTERNAL_ERROR: { status: 500, title: 'Our mistake' },
  INVITATION_EXPIRED: { status: 410, title: 'The invitation is over' },
  INVITATION_NOT_FOUND: { status: 404, title: 'No such invitation' },
  INVITATION_PASSWORD_WRONG: { status: 401, title: 'The password is not right' },
  INVITATION_USED: { status: 410, title: 'The invitation was used' },
  KEYS_BUSY: { status: 409, title: 'Keys are being replaced or copied' },
  KEYS_UNAVAILABLE: { status: 503, title: 'The keys are away', retryAfterSeconds: 5 },
  LINK_EXPIRED: { status: 410, title: 'The link is over' },
  LINK_NOT_FOUND: { status: 404, title: 'No such link' },
  LINK_PASSWORD_WRONG: { status: 401, title: 'The password of the link is not right' },
  LINK_REVOKED: { status: 410, title: 'The link was revoked' },
  MAILED_LINK_NOT_FOUND: { status: 404, title: 'No such link' },
  MAILED_LINK_OVER: { status: 410, title: 'The link is over' },
  MAIL_NOT_SET_UP: { status: 409, title: 'No mails are sent' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'Not with this method' },
  NOT_ACCEPTABLE: { status: 406, title: 'No such form' },
  NOT_FOUND: { status: 404, title: 'Not found' },
  OPENING_NOT_FOUND: { status: 404, title: 'No such opening' },
  OPENING_NOT_NEEDED: { status: 409, title: 'It is open already' },
  OPENING_OF_ONESELF: { status: 403, title: 'Not one’s own' },
  PASSKEY_NOT_HERE: { status: 409, title: 'Passkeys need a name' },
  PASSWORD_TOO_WEAK: { status: 422, title: 'The password is too weak' },
  PASSWORD_WRONG: { status: 403, title: 'The password is not right' },
  PASSWORDS_BUSY: { status: 503, title: 'Too many sign-ins at once', retryAfterSeconds: 5 },
  PIXELS_NOT_RENDERABLE: { status: 422, title: 'The image cannot be shown' },
  QUOTA_EXCEEDED: { status: 507, title: 'The account holds as much as it may' },
  REASON_NEEDED: { status: 403, title: 'A reason is needed' },
  RECEIPT_INSTANCE_NOT_HELD: { status: 409, title: 'Not everything is held' },
  REINDEX_UNDER_WAY: { status: 409, title: 'It is being made anew already' },
  RENDERING_BUSY: { status: 503, title: 'Too many pictures at once', retryAfterSeconds: 2 },
  REQUEST_INVALID: { status: 400, title: 'The request is not valid' },
  REQUEST_TOO_LARGE: { status: 413, title: 'The request is too large' },
  RESTORE_NOTHING_HELD: { status: 409, title: 'Nothing is held' },
  RIGHTS_BEYOND_YOURS: { status: 403, title: 'More than you have' },
  ROLE_BUILT_IN: { status: 409, title: 'A built-in role' },
  ROLE_IN_USE: { status: 409, title: 'Somebody has it' },
  ROLE_NAME_TAKEN: { status: 409, title: 'That name is taken' },
  ROLE_NOT_FOUND: { status: 404, title: 'No such role' },
  SECOND_PASSWORD_WRONG: { status: 403, title: 'The second password is not right' },
  SEALED_DATA_DAMAGED: { status: 500, title: 'What is kept is damaged' },
  SESSION_NOT_FOUND: { status: 404, title: 'There is no such session' },
  SETUP_SECRET_WRONG: { status: 401, title: 'The set-up secret is not right' },
  STORAGE_FULL: { status: 507, title: 'There is no room for new data' },
  STUDY_NOT_FOUND: { status: 404, title: 'No such study' },
  SWEEP_COMMIT_OPEN: { status: 409, title: 'What is under way cannot be told' },
  SWEEP_RUNNING: { status: 409, title: 'A sweep runs already' },
  SWEEP_TOO_MANY: { status: 409, title: 'Too much has no row' },
  TERMS_CHANGED: { status: 409, title: 'Changed meanwhile' },
  TOKEN_LIFE_TOO_LONG: { status: 422, title: 'The token would live too long' },
  TOKEN_NOT_FOUND: { status: 404, title: 'No such token' },
  USER_ELSEWHERE_TOO: { status: 409, title: 'In another account, too' },
  USER_EXISTS_ALREADY: { status: 409, title: 'In the account already' },
  USER_IS_LAST_ADMINISTRATOR: { status: 409, title: 'The last administrator' },
  USER_IS_OWNER: { status: 409, title: 'The owner of the account' },
  USER_NOT_FOUND: { status: 404, title: 'No such person' },
  USER_STATE_OTHER: { status: 409, title: 'Not in that state' },
};

/** Trouble with a store, which passes or is mended; nothing is damaged by it. */
const storeTroubles: ReadonlySet<BlobErrorCode> = new Set([
  'BLOB_WRITE_FAILED',
  'BLOB_READ_FAILED',
  'BLOB_STORE_BUSY',
  'BLOB_STOPPED',
]);

/** 53100: PostgreSQL's own disk is full. */
function isFull(error: unknown): boolean {
  if (error instanceof BlobError) return error.code === 'BLOB_STORE_FULL';
  return (Object(error) as { code?: unknown }).code === '53100';
}

function translate(error: unknown): { code: ProblemCode; detail: string; retryAfterSeconds?: number | undefined } {
  if (error instanceof AccessError)
    return { code: error.code, detail: error.message, retryAfterSeconds: error.retryAfterSeconds };
  if (
    error instanceof ConflictsError ||
    error instanceof ErasureError ||
    error instanceof FactorError ||
    error instanceof GroupsError ||
    error instanceof GrantsError ||
    error instanceof OpeningsError ||
    error instanceof PeopleError ||
    error instanceof PasswordsBusy ||
    error instanceof PasswordTooWeak ||
    error instanceof DicomWebError ||
    error instanceof IntakeError ||
    error instanceof RenderingError ||
    error instanceof RolesError ||
    error instanceof SharingError ||
    error instanceof StorageError ||
    error instanceof StudiesError ||
    error instanceof TermsError
  ) {
    return { code: error.code, detail: error.message };
  }
  if (error instanceof BackupError && (error.code === 'BACKUP_NO_PLACE' || error.code === 'RESTORE_NOTHING_HELD'))
    return { code: error.code, detail: error.message };
  if (error instanceof PacksError) {
    return {
      code: 'SEALED_DATA_DAMAGED',
      detail: 'What is kept does not open as it should. Nothing was given out. The administrator must look at the log.',
    };
  }
  if (error instanceof KeysError && error.code === 'KEYS_BUSY') {
    return { code: 'KEYS_BUSY', detail: 'Keys are being replaced or copied just now. Try again when that is done.' };
  }
  if (error instanceof KeysError || error instanceof VaultError) {
    return error instanceof KeysError && error.code === 'KEYS_UNAVAILABLE'
      ? { code: 'KEYS_UNAVAILABLE', detail: 'The key service does not answer. Try again in some seconds.' }
      : {
          code: 'SEALED_DATA_DAMAGED',
          detail: 'A key is missing or does not fit. The administrator must look at the log.',
        };
  }
  if (isFull(error)) {
    return {
      code: 'STORAGE_FULL',
      detail: 'There is no room for new data. Nothing that was not acknowledged is kept; what is held can be read.',
    };
  }
  if (error instanceof BlobError && storeTroubles.has(error.code)) {
    return {
      code: 'BLOBS_UNAVAILABLE',
      detail: 'The image store does not do its work. Nothing that was not acknowledged is kept; try again.',
    };
  }
  if (error instanceof ZodError)
    return { code: 'REQUEST_INVALID', detail: 'A part of the address is not of the form it must have.' };
  if (isDatabaseAway(error)) {
    return {
      code: 'DATABASE_UNAVAILABLE',
      detail: 'The database does not answer. Nothing was acknowledged that is not kept; try again in some seconds.',
    };
  }
  const { statusCode, code, validation } = Object(error) as {
    statusCode?: number;
    code?: string;
    validation?: { instancePath?: string; message?: string }[];
  };
  if (validation) {
    // Where and why, never the value: it may be a password or a name.
    const where = validation.map((issue) => `${issue.instancePath || 'the request'}: ${issue.message}`).join('; ');
    return { code: 'REQUEST_INVALID', detail: where };
  }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return { code: 'INTAKE_CONTENT_TYPE_UNSUPPORTED', detail: 'This content type is not taken here.' };
  }
  if (statusCode === 413) return { code: 'REQUEST_TOO_LARGE', detail: 'The body is larger than this route takes.' };
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return { code: 'REQUEST_INVALID', detail: 'The request is not one that can be read.' };
  }
  return {
    code: 'INTERNAL_ERROR',
    detail: 'Something went wrong in the exchange. It is in the log; nothing was acknowledged.',
  };
}

/** The answer to an error, RFC 9457. Anything unknown is our bug: it says nothing of itself to the outside. */
export function problemOf(error: unknown): Problem {
  const { code, detail, ...own } = translate(error);
  const { status, title, ...standard } = problems[code];
  const retryAfterSeconds = own.retryAfterSeconds ?? standard.retryAfterSeconds;
  const wait = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
  return { type: `urn:symbolon:problem:${code}`, title, status, code, detail, ...wait };
}
