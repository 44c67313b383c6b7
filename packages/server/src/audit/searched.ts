import { createHmac } from 'node:crypto';
import { derive, type KeyChains } from '../keys/index.ts';

/**
 * What was searched for, as a log keeps it: who types a name leaves it where no erasure of a study reaches. So a term
 * stands there as 48 bits of its HMAC, under a key of the account's log: whoever may ask can tell whether somebody was searched for,
 * and how often the same term was, and nobody can read it. Which studies a search showed is recorded beside it.
 */
export async function blindTerms(
  chains: KeyChains,
  accountId: string,
  terms: Readonly<Record<string, string | undefined>>,
): Promise<Record<string, string>> {
  const given = Object.entries(terms).flatMap(([field, text]) => (text ? [[field, text] as const] : []));
  if (given.length === 0) return {};
  const key = await derive(await chains.account('audit', accountId), 'search-terms');
  return Object.fromEntries(given.map(([field, text]) => [field, `#${blind(key, text)}`]));
}

const blind = (key: Uint8Array, text: string): string =>
  createHmac('sha256', key).update(text.normalize('NFKC').trim().toLowerCase()).digest('hex').slice(0, 12);
