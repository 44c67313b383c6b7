import { listed, type MatchOptions, readKey } from './key.ts';

/**
 * Whether an attribute with these values matches a key, by the rules of C-FIND and QIDO-RS.
 *
 * Universal  an empty key, and `*` alone, match everything, the absent attribute included.
 * Lists      UIDs separated by backslash or comma; other keys by backslash, ST, LT, UT and UR apart: any of them.
 * Case       counts, except in names, where accents do not count either.
 * Wildcards  AE, CS, LO, LT, PN, SH, ST, UC, UR, UT; in a key of at most 1,024 signs.
 * Ranges     DA, TM, DT; a partial date or time in a key stands for all that it covers, in a value for its beginning.
 * Numbers    by value.
 * PN         a key without = may match any one of the component groups, whole; with it, groups are compared one by one.
 * Nonsense   in a key for dates, times or numbers matches its own text only; a range that ends before it begins, nothing.
 * Cost       O(values + text of the values × key, of which at most 1,024 signs count), iterative.
 * Source     PS3.4 §C.2.2.2, PS3.18 §8.3.4.
 */
export function matches(vr: string, values: readonly string[], key: string, options: MatchOptions = {}): boolean {
  return readKey(vr, listed(vr, key), options)(values);
}
