import type { Permission, TokenRow, TokenState } from '@symbolon/contract';
import { formatCount, formatMoment } from '../ui/amounts.ts';

export const tokenStateWords: Readonly<Record<TokenState, string>> = {
  active: 'Active',
  expired: 'Expired',
  revoked: 'Revoked',
  held: 'Held after a restore',
};
export const tokenStateTones = { active: 'good', expired: 'plain', revoked: 'bad', held: 'wait' } as const;

const listed = new Intl.ListFormat('en', { type: 'conjunction' });

export function scopeText(scope: TokenRow['scope']): string {
  if (scope === null) return 'All that its holder may do';
  return scope.length <= 3 ? listed.format(scope) : formatCount(scope.length, 'permission');
}

export const addressesText = (addresses: readonly string[]): string =>
  addresses.length === 0 ? 'Anywhere' : listed.format(addresses);

export const endText = (expiresAt: string | null): string => (expiresAt === null ? 'Never' : formatMoment(expiresAt));

/** What programs are made for most often; each is offered only as far as its holder has it. */
export const usualScopes: readonly {
  readonly name: string;
  readonly says: string;
  readonly permissions: readonly Permission[];
}[] = [
  {
    name: 'Send images',
    says: 'DICOM instances into the own namespace, and receipts for them.',
    permissions: ['instance.store', 'instance.held', 'receipt.create'],
  },
  {
    name: 'Find and fetch studies',
    says: 'Search, open and download what its holder may.',
    permissions: [
      'study.search',
      'study.search.own',
      'study.search.group',
      'study.search.granted',
      'study.search.identity',
      'study.view',
      'study.view.own',
      'study.view.group',
      'study.view.granted',
      'study.view.identity',
      'study.download',
      'study.download.own',
      'study.download.group',
      'study.download.granted',
    ],
  },
  { name: 'Read the audit', says: 'What happened in the account.', permissions: ['audit.view', 'audit.view.own'] },
  { name: 'Watch over the exchange', says: 'The figures for a monitoring system.', permissions: ['metrics.view'] },
];

export const lives = [
  { value: '1', label: '1 day' },
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: '1 year' },
] as const;

/** When a token ends that is made now and lives for so many days. */
export const endAfter = (days: number, now: number): string => new Date(now + days * 86_400_000).toISOString();
