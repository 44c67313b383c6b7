import type { Problem, ProblemCode } from '@symbolon/contract';

/** Closed: programs decide by code, and translate it in a table typed `Record<ClientErrorCode, …>`. */
export type ClientErrorCode =
  /** No connection, or it broke. Passes by itself: worth another try. */
  | 'EXCHANGE_OUT_OF_REACH'
  /** It answered 429, 502, 503 or 504. Passes by itself: worth another try. */
  | 'EXCHANGE_UNAVAILABLE'
  /** The name in the address does not exist. */
  | 'EXCHANGE_NAME_UNKNOWN'
  /** Its certificate is not one that we were told to trust. */
  | 'EXCHANGE_NOT_TRUSTED'
  /** It said no: another 4xx. `problem` says why. */
  | 'EXCHANGE_REFUSED'
  /** It failed: another 5xx. `problem` says why, where it could. */
  | 'EXCHANGE_FAILED'
  /** What answered does not speak our wire. */
  | 'EXCHANGE_ANSWER_STRANGE'
  /** A file to be sent has other bytes than when its digest was taken, or can no longer be read. */
  | 'FILE_CHANGED'
  /** A file that came back is not the one that was sent. */
  | 'ORIGINAL_DAMAGED'
  /** The caller's signal. */
  | 'STOPPED';

type Details = {
  readonly status?: number;
  readonly problem?: Problem;
  readonly retryAfterMs?: number;
  /** FILE_CHANGED, ORIGINAL_DAMAGED: the digest that was expected. */
  readonly sha256?: string;
  readonly cause?: unknown;
};

/** What went wrong between us and the exchange. Messages carry no name, UID, key or token. */
export class ClientError extends Error {
  override readonly name = 'ClientError';
  readonly code: ClientErrorCode;
  readonly status: number | undefined;
  readonly problem: Problem | undefined;
  readonly retryAfterMs: number | undefined;
  readonly sha256: string | undefined;

  constructor(code: ClientErrorCode, message: string, details: Details = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.status = details.status;
    this.problem = details.problem;
    this.retryAfterMs = details.retryAfterMs;
    this.sha256 = details.sha256;
  }

  get problemCode(): ProblemCode | undefined {
    return this.problem?.code;
  }
}
