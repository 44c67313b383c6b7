import { heldAnswer, maxDigests, paths } from '@symbolon/contract';
import { call, type Exchange } from './exchange.ts';

/** Which of these files (by the SHA-256 of the whole file) the exchange holds; asked in pages. */
export async function held(exchange: Exchange, sha256: readonly string[], signal?: AbortSignal): Promise<Set<string>> {
  const found = new Set<string>();
  for (let at = 0; at < sha256.length; at += maxDigests) {
    const page = sha256.slice(at, at + maxDigests);
    const answer = await call(exchange, { path: paths.held, json: { sha256: page }, answer: heldAnswer, signal });
    for (const digest of answer.held) found.add(digest);
  }
  return found;
}
