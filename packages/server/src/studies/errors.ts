export type StudiesErrorCode = 'STUDY_NOT_FOUND' | 'REASON_NEEDED' | 'REINDEX_UNDER_WAY';

export class StudiesError extends Error {
  override readonly name = 'StudiesError';
  readonly code: StudiesErrorCode;
  constructor(code: StudiesErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** One answer for what is not there and for what one may not see. */
export const notFound = (): StudiesError =>
  new StudiesError('STUDY_NOT_FOUND', 'There is no such study, series or instance, or you may not see it.');
