export type StorageErrorCode =
  | 'ACCOUNT_CLOSED'
  | 'ACCOUNT_NOT_FOUND'
  | 'QUOTA_EXCEEDED'
  | 'STORAGE_FULL'
  | 'SWEEP_COMMIT_OPEN'
  | 'SWEEP_RUNNING'
  | 'SWEEP_TOO_MANY';

export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly code: StorageErrorCode;
  constructor(code: StorageErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
