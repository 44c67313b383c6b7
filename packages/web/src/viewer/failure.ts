import { ClientError, passes } from '@symbolon/client';

/** What a failed request for a picture means for the viewer. */
export type Failure =
  /** It passes by itself. */
  | { readonly kind: 'away'; readonly trouble: 'busy' | 'away'; readonly retryAfterMs: number }
  /** Nobody looks at this study here any more. */
  | { readonly kind: 'ended'; readonly error: ClientError }
  /** This one picture cannot be shown; the others can. `again`: another try may help. */
  | { readonly kind: 'refused'; readonly reason: string; readonly again: boolean }
  | { readonly kind: 'stopped' };

const endingStatus: ReadonlySet<number | undefined> = new Set([401, 403, 404, 410]);

export function failureOf(error: unknown): Failure {
  if (passes(error)) {
    const busy = error.status === 429 || error.problemCode === 'RENDERING_BUSY';
    return { kind: 'away', trouble: busy ? 'busy' : 'away', retryAfterMs: error.retryAfterMs ?? 0 };
  }
  if (!(error instanceof ClientError)) return { kind: 'refused', reason: 'What came is not a picture.', again: true };
  if (error.code === 'STOPPED') return { kind: 'stopped' };
  if (endingStatus.has(error.status)) return { kind: 'ended', error };
  return { kind: 'refused', reason: error.message, again: error.problemCode !== 'PIXELS_NOT_RENDERABLE' };
}
