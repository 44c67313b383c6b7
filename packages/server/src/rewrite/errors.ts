export type RewriteErrorCode = 'REWRITE_OVERTAKEN' | 'REWRITE_NOT_EXACT' | 'REWRITE_NOT_SMALLER';

/** A rewrite that was given up; everything is as it was. */
export class RewriteError extends Error {
  override readonly name = 'RewriteError';
  readonly code: RewriteErrorCode;
  constructor(code: RewriteErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
