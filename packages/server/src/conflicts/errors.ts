export type ConflictsErrorCode = 'CONFLICT_CHANGED' | 'CONFLICT_NOT_FOUND';

export class ConflictsError extends Error {
  override readonly name = 'ConflictsError';
  readonly code: ConflictsErrorCode;
  constructor(code: ConflictsErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** What somebody looked at is not what is there now: they must look again before they choose. */
export const changed = (message: string): ConflictsError => new ConflictsError('CONFLICT_CHANGED', message);
