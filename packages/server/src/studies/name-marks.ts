import { foldText } from '@symbolon/dicom';

/** Longer beginnings and words are told apart by trigrams, and by comparing what was decrypted. */
const longestBeginning = 12;
const longestWord = 64;

/**
 * What a person's name is indexed by, and what a search key asks of the index.
 *
 * Law  a name that DICOM matching finds by a key carries every mark of that key: the index never loses a match. For
 *      that, names and keys are folded and cut into words alike, and each mark depends on its own signs alone.
 */

/** The marks of a name: of each group its words, their beginnings, and their grams. */
export function marksOfName(name: string): string[] {
  const marks = new Set<string>();
  for (const word of name.split('=').flatMap(wordsOf)) {
    const signs = [...word];
    marks.add(wordMark(signs));
    for (let length = 1; length <= Math.min(signs.length, longestBeginning); length += 1)
      marks.add(beginningMark(signs.slice(0, length)));
    for (const mark of gramMarks(signs)) marks.add(mark);
  }
  return [...marks];
}

/**
 * The marks that every name matching this key must carry. Pieces between delimiters and wildcards: one that is
 * bounded on both sides is a word, one that begins a word is a beginning, any other is looked for by its grams.
 * Of a list of keys, of which any may match, only what all of them ask for.
 */
export function marksOfNameKey(key: string): string[] {
  const [first = [], ...others] = key.split('\\').map((one) => one.split('=').flatMap(wordsOf).flatMap(marksOfKeyWord));
  return first.filter((mark) => others.every((marks) => marks.includes(mark)));
}

function marksOfKeyWord(word: string): string[] {
  const pieces = word.split(/[*?]+/u);
  return pieces.flatMap((piece, at) => {
    if (piece === '') return [];
    const signs = [...piece];
    if (at > 0) return gramMarks(signs);
    return [pieces.length === 1 ? wordMark(signs) : beginningMark(signs)];
  });
}

/** The words that a person typed to find somebody, folded; a wildcard at a word's end says what is meant anyway. */
export function typedWords(text: string): string[] {
  return [...new Set(wordsOf(text).map((word) => word.replace(/[*?]+$/u, '')))].filter((word) => word !== '');
}

/** The marks that every name with these typed words must carry. */
export function marksOfTypedWords(words: readonly string[]): string[] {
  return words.flatMap((word) => {
    const signs = [...word];
    return standsAnywhere(signs) ? gramMarks(signs) : [beginningMark(signs), ...gramMarks(signs)];
  });
}

/**
 * Whether each typed word begins a word of one of these names, in any group and order. In scripts without spaces between
 * words, such as Chinese, it may stand anywhere in one.
 */
export function hasTypedWords(names: readonly string[], words: readonly string[]): boolean {
  const of = names.flatMap((name) => name.split('=').flatMap(wordsOf));
  return words.every((word) => {
    const anywhere = standsAnywhere([...word]);
    return of.some((one) => (anywhere ? one.includes(word) : one.startsWith(word)));
  });
}

export const standsAnywhere = (signs: readonly string[]): boolean => signs.every((sign) => !alphabetic.test(sign));

/** The words of a name group, folded: what stands between `^`, white space, commas and hyphens. */
export function wordsOf(group: string): string[] {
  return foldText(group)
    .split(/[\^\s,=-]+/u)
    .filter((word) => word !== '');
}

const wordMark = (signs: readonly string[]): string => `word ${signs.slice(0, longestWord).join('')}`;
export const beginningMark = (signs: readonly string[]): string =>
  `begins ${signs.slice(0, longestBeginning).join('')}`;

const alphabetic = /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Nd}\p{P}\p{M}]$/u;

/**
 * Trigrams in alphabets, single signs and pairs in other scripts. Decided gram by gram: a piece of 山田Taro is looked
 * for by the same grams whether or not the signs beside it belong to an alphabet.
 */
export function gramMarks(signs: readonly string[]): string[] {
  const other = signs.map((sign) => !alphabetic.test(sign));
  return signs.flatMap((sign, at) => {
    const [one, two, three] = [other[at], other[at + 1], other[at + 2]];
    const grams: string[] = [];
    if (one) grams.push(sign);
    if (two !== undefined && (one || two)) grams.push(signs.slice(at, at + 2).join(''));
    if (three !== undefined && !one && !two && !three) grams.push(signs.slice(at, at + 3).join(''));
    return grams.map((gram) => `has ${gram}`);
  });
}
