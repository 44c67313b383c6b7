export type RenderingErrorCode = 'PIXELS_NOT_RENDERABLE' | 'RENDERING_BUSY' | 'REQUEST_INVALID';

/** The message says in plain words why there is no picture; nothing in it tells whose it would be. */
export class RenderingError extends Error {
  override readonly name = 'RenderingError';
  readonly code: RenderingErrorCode;
  constructor(code: RenderingErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
