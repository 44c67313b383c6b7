import type { OwnSession } from '@symbolon/contract';
import { formatCount } from '../ui/amounts.ts';

/** In which browser somebody is signed in. */
export const deviceText = ({ device }: Pick<OwnSession, 'device'>): string => device || 'Unknown device';

/** How many others ended: what is said afterwards. */
export function endedText(ended: number): string {
  if (ended === 0) return 'You were signed in nowhere else.';
  return `You are signed out in ${formatCount(ended, 'other place')}.`;
}
