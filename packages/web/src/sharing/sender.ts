import type { LookAtLinkAnswer } from '@symbolon/contract';

/** Whom a link is from, as its reader knows them. */
export function senderOf({ from, accountName }: Pick<LookAtLinkAnswer, 'from' | 'accountName'>): string {
  if (from === '' || accountName === '') return from || accountName || 'Somebody';
  return `${from} of ${accountName}`;
}
