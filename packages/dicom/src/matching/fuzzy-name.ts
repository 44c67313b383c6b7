import { foldText } from '../text/fold.ts';

/** A shorter word is found by its beginning alone: with one sign of four changed too many are alike. */
const shortestMistaken = 5;

/** More are no name; each is held against every word of a name. */
const mostWords = 32;

/**
 * Whether a name is like this one: each word of the key, in any order and of any group, begins a word of the name or, from
 * five signs on, is a whole word of it but for one mistake: a sign missing, too many, another, or two neighbours exchanged.
 *
 * Folded   case, diacritics, full and half width do not count; `Mueller` finds Müller by one mistake.
 * Scripts  a word without a Latin, Greek or Cyrillic sign, such as Chinese, may stand anywhere in a word.
 * Wildcards  `*` at the end of a word says what is meant anyway; a key with another one is like no name, and matches literally.
 * Cost     O(key) now; each test then O(words of both × their signs).
 * Source   PS3.18 §8.3.4.2, which leaves to the server what is alike.
 */
export function fuzzyName(key: string): (name: string) => boolean {
  const words = wordsOfName(key).map((word) => word.replace(/\*+$/u, ''));
  const wanted = [...new Set(words)].filter((word) => word !== '');
  if (wanted.length === 0 || wanted.length > mostWords || wanted.some((word) => /[*?]/.test(word))) return () => false;
  const tests = wanted.map((word) => likeWord(word));
  return (name) => {
    const has = wordsOfName(name);
    return tests.every((isLike) => has.some(isLike));
  };
}

/** The words of a name, folded: what stands between `=`, `^`, white space, commas and hyphens. */
function wordsOfName(name: string): string[] {
  return foldText(name)
    .split(/[\^\s,=-]+/u)
    .filter((word) => word !== '');
}

const alphabetic = /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Nd}\p{P}\p{M}]/u;

function likeWord(word: string): (other: string) => boolean {
  if (!alphabetic.test(word)) return (other) => other.includes(word);
  const signs = [...word];
  if (signs.length < shortestMistaken) return (other) => other.startsWith(word);
  return (other) => other.startsWith(word) || isOneMistakeAway(signs, [...other]);
}

/** A sign missing, too many, another, or two neighbours exchanged. */
function isOneMistakeAway(one: readonly string[], other: readonly string[]): boolean {
  if (Math.abs(one.length - other.length) > 1) return false;
  let start = 0;
  while (start < one.length && start < other.length && one[start] === other[start]) start++;
  let [end, otherEnd] = [one.length, other.length];
  while (end > start && otherEnd > start && one[end - 1] === other[otherEnd - 1]) {
    end--;
    otherEnd--;
  }
  const [left, right] = [end - start, otherEnd - start];
  if (left <= 1 && right <= 1) return true;
  return left === 2 && right === 2 && one[start] === other[start + 1] && one[start + 1] === other[start];
}
