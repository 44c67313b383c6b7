import type { LinkRow, LinkUse } from '@symbolon/contract';
import { formatCount } from '../ui/amounts.ts';
import { fromNow } from './moments.ts';

export const linkFilters = ['all', 'open', 'expired', 'revoked'] as const;
export type LinkFilter = (typeof linkFilters)[number];

export const stateLabels: Readonly<Record<LinkRow['state'], string>> = {
  open: 'Open',
  expired: 'Expired',
  revoked: 'Revoked',
};

export function linkFilterOf(text: unknown): LinkFilter {
  return linkFilters.find((filter) => filter === text) ?? 'all';
}

/** A link that ran out while the page was open is expired, whatever the last answer said. */
export function stateAt(link: LinkRow, now: number): LinkRow['state'] {
  return link.state === 'open' && Date.parse(link.expiresAt) <= now ? 'expired' : link.state;
}

export function passing(links: readonly LinkRow[], filter: LinkFilter, now: number): readonly LinkRow[] {
  return filter === 'all' ? links : links.filter((link) => stateAt(link, now) === filter);
}

/** How it was used so far, in one sentence. */
export function usageText(link: LinkRow, now: number): string {
  if (link.opened === 0 || link.lastOpenedAt === null) return 'Not opened yet';
  const last = fromNow(link.lastOpenedAt, now);
  return link.opened === 1 ? `Opened once, ${last}` : `Opened ${formatCount(link.opened, 'time')}, last ${last}`;
}

export function wrongPasswordsText(count: number): string | null {
  return count === 0 ? null : formatCount(count, 'wrong password');
}

export function wordsOfUse({ what, images }: Pick<LinkUse, 'what' | 'images'>): string {
  if (what === 'opened') return 'Opened the link';
  if (what === 'downloaded') return 'Downloaded the files';
  if (what === 'refused') return 'Refused: wrong password, or too many tries';
  if (images === null) return 'Viewed images, up to all of them';
  if (images === 0) return 'Viewed the list of series';
  return `Viewed ${formatCount(images, 'image')}`;
}
