export type CliErrorCode =
  | 'ADDRESS_WRONG'
  | 'OPTION_WRONG'
  | 'FILE_UNREADABLE'
  | 'FILE_NOT_WRITABLE'
  | 'FILE_EXISTS'
  | 'NOTHING_TO_SEND'
  | 'NOTHING_TO_TRANSCODE'
  | 'STUDY_NOT_FOUND';

/** Said to the person at the shell as it stands: one or two sentences, and what to do. May name local files. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly code: CliErrorCode;
  constructor(code: CliErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The system's own word for what went wrong with a file, such as ENOENT. */
export function systemCode(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'unknown reason';
}
