import { ClientError, type ClientErrorCode } from '@symbolon/client';
import type { ProblemCode } from '@symbolon/contract';
import { formatDuration } from './amounts.ts';

/** What happened, and what to do about it. */
export type ProblemWords = { readonly happened: string; readonly advice: string };

export const again = 'Try again in a moment.';
export const keeper = 'Tell the keeper of this exchange; its log says more.';

const byClientCode: Readonly<Record<ClientErrorCode, ProblemWords>> = {
  EXCHANGE_OUT_OF_REACH: {
    happened: 'The exchange cannot be reached.',
    advice: 'Check your network connection, then try again. Nothing is lost.',
  },
  EXCHANGE_UNAVAILABLE: { happened: 'The exchange is busy or restarting.', advice: `${again} Nothing is lost.` },
  EXCHANGE_NAME_UNKNOWN: {
    happened: 'The address of the exchange is not known here.',
    advice: 'Check the address and your network connection.',
  },
  EXCHANGE_NOT_TRUSTED: {
    happened: 'The certificate of the exchange is not trusted.',
    advice: 'Ask its keeper before you go on.',
  },
  EXCHANGE_REFUSED: { happened: 'The exchange refused this.', advice: 'Check what you asked for.' },
  EXCHANGE_FAILED: { happened: 'The exchange failed while doing this.', advice: `Try once more. ${keeper}` },
  EXCHANGE_ANSWER_STRANGE: {
    happened: 'The exchange answered something that this page does not understand.',
    advice: 'It was probably updated: reload the page.',
  },
  FILE_CHANGED: {
    happened: 'A file changed, or can no longer be read, since it was chosen.',
    advice: 'Choose the files again.',
  },
  ORIGINAL_DAMAGED: { happened: 'A file that came back is not the one that was sent.', advice: keeper },
  STOPPED: { happened: 'This was stopped.', advice: 'Start it again when you want to go on.' },
};

/** The answers whose own words say more than ours can: which field, which rule, which form. */
const tellsMore: ReadonlySet<ProblemCode> = new Set(['PASSWORD_TOO_WEAK', 'PIXELS_NOT_RENDERABLE', 'REQUEST_INVALID']);

/** The words for all that the exchange refuses: `refusal-words.ts`. */
export type RefusalWords = Readonly<Record<ProblemCode, ProblemWords>>;

/** Whether it is the exchange that refused, so that the words for that are needed. */
export function isRefusal(error: unknown): boolean {
  return error instanceof ClientError && error.problem !== undefined;
}

/**
 * Translates any error for people. Never quotes an error that is not the exchange's own: who knows what stands in it. Where the
 * words for refusals could not be loaded, the exchange's own sentence stands for ours.
 */
export function wordsOf(error: unknown, refusals: RefusalWords | undefined): ProblemWords {
  if (!(error instanceof ClientError)) {
    return { happened: 'Something on this page went wrong.', advice: 'Reload the page and try again.' };
  }
  const { problem } = error;
  if (problem === undefined) return byClientCode[error.code];
  const { happened, advice } = refusals?.[problem.code] ?? { happened: problem.detail, advice: 'Reload the page.' };
  if (problem.code === 'ACCESS_TOO_MANY_TRIES' && error.retryAfterMs !== undefined) {
    return { happened, advice: `Wait ${formatDuration(error.retryAfterMs)}, then try again.` };
  }
  return { happened: tellsMore.has(problem.code) ? problem.detail : happened, advice };
}
