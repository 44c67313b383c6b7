import {
  paths,
  type TermsAcceptancesAnswer,
  type TermsAnswer,
  type TermsChange,
  type TermsVersionsAnswer,
  termsAcceptancesAnswer,
  termsAnswer,
  termsVersionsAnswer,
} from '@symbolon/contract';
import { call, type Exchange } from './exchange.ts';
import { queryText } from './query-text.ts';

/** The terms of use that hold in the account, or one version of them. */
export function terms(exchange: Exchange, version?: number, signal?: AbortSignal): Promise<TermsAnswer> {
  return call(exchange, { path: `${paths.terms}${queryText({ version })}`, answer: termsAnswer, signal });
}

/** A new version: everybody of the account is asked to accept it at their next request. */
export function setTerms(exchange: Exchange, change: TermsChange): Promise<TermsAnswer> {
  return call(exchange, { method: 'PUT', path: paths.terms, json: change, answer: termsAnswer });
}

export function acceptTerms(exchange: Exchange, version: number): Promise<TermsAnswer> {
  return call(exchange, { path: paths.termsAcceptance, json: { version }, answer: termsAnswer });
}

/** Every version, the newest first. */
export function termsVersions(
  exchange: Exchange,
  query: { readonly before?: number | undefined } = {},
  signal?: AbortSignal,
): Promise<TermsVersionsAnswer> {
  return call(exchange, { path: `${paths.termsVersions}${queryText(query)}`, answer: termsVersionsAnswer, signal });
}

/** Who accepted which version, the newest first. */
export function termsAcceptances(
  exchange: Exchange,
  query: { readonly version?: number | undefined; readonly before?: string | undefined } = {},
  signal?: AbortSignal,
): Promise<TermsAcceptancesAnswer> {
  const path = `${paths.termsAcceptances}${queryText(query)}`;
  return call(exchange, { path, answer: termsAcceptancesAnswer, signal });
}

/** Where the same is as CSV. */
export const termsAcceptancesCsvPath = (version?: number): string =>
  `${paths.termsAcceptancesCsv}${queryText({ version })}`;
