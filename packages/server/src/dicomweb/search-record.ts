import type { SignedIn } from '../access/index.ts';
import { blindTerms, type Searches } from '../audit/index.ts';
import type { ReadingDeps, SearchKey } from '../studies/index.ts';
import type { SearchRequest } from './query.ts';

export type SearchDeps = ReadingDeps & { readonly searches: Searches };

/** Days and kinds of studies name nobody. */
const plainKeys = new Set(['00080020', '00080030', '00080060', '00080061']);

/** Each key by a name of its own: of one that was asked twice the second is `00100010 (2)`, or it would hide the first. */
export function termsOf(keys: readonly Pick<SearchKey, 'path' | 'value'>[]): [name: string, value: string][] {
  const counts = new Map<string, number>();
  return keys.map(({ path, value }) => {
    const name = path.join('.');
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return [count === 1 ? name : `${name} (${count})`, value];
  });
}

async function recordedKeys(
  { chains }: ReadingDeps,
  accountId: string,
  keys: readonly SearchKey[],
): Promise<Record<string, string>> {
  const all = termsOf(keys);
  const isPlain = ([name]: readonly [string, string]): boolean => plainKeys.has(name.split(' ')[0] as string);
  return {
    ...Object.fromEntries(all.filter(isPlain)),
    ...(await blindTerms(chains, accountId, Object.fromEntries(all.filter((one) => !isPlain(one))))),
  };
}

/** That somebody searched, for what, and which studies that showed: nothing of it goes out before that they search is on record. */
export async function recordSearch(
  deps: SearchDeps,
  actor: SignedIn,
  asked: SearchRequest,
  studies: readonly string[],
): Promise<void> {
  const shown = [...new Set(studies)];
  const keys = await recordedKeys(deps, actor.accountId, asked.keys);
  await deps.searches.record(actor, { shown, detail: { keys, offset: asked.offset, studies: shown.length } });
}
