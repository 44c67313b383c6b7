import {
  type IssuedTokenAnswer,
  type IssueTokenRequest,
  issuedTokenAnswer,
  pathOf,
  paths,
  type TokenRow,
  type TokensAnswer,
  type TokensQuery,
  tokenRow,
  tokensAnswer,
} from '@symbolon/contract';
import { call, type Exchange } from './exchange.ts';
import { queryText } from './query-text.ts';

/** One page of the API tokens that one may see, newest first; never the tokens themselves. */
export function tokens(exchange: Exchange, query: TokensQuery = {}, signal?: AbortSignal): Promise<TokensAnswer> {
  return call(exchange, { path: paths.tokens + queryText(query), answer: tokensAnswer, signal });
}

/** Makes a token for oneself or for a program. `secret` is the token, shown once. */
export function issueToken(exchange: Exchange, userId: string, request: IssueTokenRequest): Promise<IssuedTokenAnswer> {
  return call(exchange, { path: pathOf(paths.userTokens, { userId }), json: request, answer: issuedTokenAnswer });
}

/** From the next request on it opens nothing. Revoking twice says the same. */
export function revokeToken(exchange: Exchange, tokenId: string): Promise<TokenRow> {
  return call(exchange, { method: 'DELETE', path: pathOf(paths.token, { tokenId }), answer: tokenRow });
}
