import type { Grantee, GrantRow } from '@symbolon/contract';
import { formatCount, formatMoment } from '../ui/amounts.ts';

/** What one person or group was granted of a study. */
export type Share = { readonly to: Grantee; readonly grants: readonly GrantRow[] };

/** By whom it is to, in the order in which they come. */
export function sharesOf(grants: readonly GrantRow[]): Share[] {
  return [...Map.groupBy(grants, ({ to }) => to.id).values()].map((some) => ({
    to: (some[0] as GrantRow).to,
    grants: some,
  }));
}

/** How much of it: the study, or how many series. */
export function whatText({ grants }: Share): string {
  if (grants.some(({ seriesId }) => seriesId === null)) return 'The whole study';
  return `${formatCount(new Set(grants.map(({ seriesId }) => seriesId)).size, 'series', 'series')} of it`;
}

/** Until when; where its parts differ, the last moment. */
export function untilText({ grants }: Share): string {
  const ends = grants.map(({ expiresAt }) => expiresAt);
  if (ends.includes(null)) return 'until it is revoked';
  return `until ${formatMoment(
    ends
      .filter((end) => end !== null)
      .sort((a, b) => Date.parse(a) - Date.parse(b))
      .at(-1),
  )}`;
}

export const granteeKindLabels: Readonly<Record<Grantee['kind'], string>> = {
  person: 'person',
  service: 'program',
  group: 'group',
  location: 'location',
};

export const lastingChoices = ['always', '1', '7', '30', 'date'] as const;
export type Lasting = (typeof lastingChoices)[number];
export const lastingLabels: Readonly<Record<Lasting, string>> = {
  always: 'Until it is revoked',
  '1': '1 day',
  '7': '7 days',
  '30': '30 days',
  date: 'Up to a date',
};
