export type BackupErrorCode =
  | 'BACKUP_DAMAGED'
  | 'BACKUP_FOREIGN'
  | 'BACKUP_NOT_FOUND'
  | 'BACKUP_NO_PLACE'
  | 'BACKUP_STOPPED'
  | 'BACKUP_TOO_SLOW'
  | 'BACKUP_VERSION_UNKNOWN'
  | 'RESTORE_BUSY'
  | 'RESTORE_NOT_EMPTY'
  | 'RESTORE_NOTHING_HELD';

/** What went wrong with a backup or a restore, in words that say what to do; ids only. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
  readonly code: BackupErrorCode;
  constructor(code: BackupErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
