import type { OwnPasswordAnswer, OwnSession } from '@symbolon/contract';
import { formatCount, formatMoment } from '../ui/amounts.ts';

/** In which browser somebody is signed in. */
export const deviceText = ({ device }: Pick<OwnSession, 'device'>): string => device || 'Unknown device';

/** How many others ended: what is said afterwards. */
export function endedText(ended: number): string {
  if (ended === 0) return 'You were signed in nowhere else.';
  return `You are signed out in ${formatCount(ended, 'other place')}.`;
}

const dayMs = 86_400_000;
const soonDays = 14;

/** Until when the password holds, said more loudly when that is soon; nothing where it gets as old as it likes. */
export function untilText(
  { until }: Pick<OwnPasswordAnswer, 'until'>,
  now: number,
): { readonly text: string; readonly soon: boolean } | undefined {
  if (until === null) return undefined;
  const days = Math.ceil((Date.parse(until) - now) / dayMs);
  if (days > soonDays) return { text: `It holds until ${formatMoment(until)}.`, soon: false };
  const when = days <= 0 ? 'now' : `within ${formatCount(days, 'day')}`;
  return { text: `Choose a new one ${when}: after that you are asked for it before anything else opens.`, soon: true };
}
