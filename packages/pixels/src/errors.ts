/** Why there is no picture. Closed: edges translate it in tables typed `Record<PixelsErrorCode, …>`. */
export type PixelsErrorCode =
  | 'PIXELS_MISSING'
  | 'PIXELS_HEADER_INVALID'
  | 'PIXELS_TOO_LARGE'
  | 'PIXELS_TRUNCATED'
  | 'PIXELS_FRAME_MISSING'
  | 'PIXELS_FRAME_TABLE_INVALID'
  | 'PIXELS_CODE_STREAM_INVALID'
  | 'PIXELS_CODE_STREAM_CONTRADICTS_HEADER'
  | 'PIXELS_NOT_REPRESENTABLE'
  | 'PIXELS_TRANSCODING_FAILED'
  | 'UNSUPPORTED_TRANSFER_SYNTAX';

/** The message is a whole sentence for people; it carries numbers of the image only, nothing of whom it shows. */
export class PixelsError extends Error {
  override readonly name = 'PixelsError';
  readonly code: PixelsErrorCode;
  constructor(code: PixelsErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
