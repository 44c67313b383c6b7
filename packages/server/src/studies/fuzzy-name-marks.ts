import { beginningMark, gramMarks, marksOfNameKey, standsAnywhere, wordsOf } from './name-marks.ts';

/** As in `fuzzyName` of `packages/dicom`, whose matches these marks must not lose. */
const shortestMistaken = 5;

/**
 * What every name that is like this key must carry: one mark of each list.
 *
 * A word that begins one of the name's is found by its marks. Of one with a mistake in it either what stands before some place
 * is right, or the three signs behind that place are, or the mistake is that the two signs at that place were exchanged: so for each of
 * some places, one of three marks.
 *
 * Law  a name that `fuzzyName` finds by a key carries a mark of each list (a property holds it)
 */
export function fuzzyMarksOf(key: string): string[][] {
  if (key.includes('\\')) return [];
  const words = wordsOf(key).map((word) => word.replace(/\*+$/u, ''));
  if (words.some((word) => /[*?]/.test(word))) return marksOfNameKey(key).map((mark) => [mark]);
  return words.filter((word) => word !== '').flatMap(marksOfWord);
}

function marksOfWord(word: string): string[][] {
  const signs = [...word];
  if (standsAnywhere(signs)) return gramMarks(signs).map((mark) => [mark]);
  if (signs.length < shortestMistaken) return [beginningMark(signs), ...gramMarks(signs)].map((mark) => [mark]);
  const places = new Set([2, Math.floor(signs.length / 2), signs.length - 3]);
  return [...places].flatMap((place) => {
    const behind = gramMarks(signs.slice(place, place + 3));
    // In other scripts than alphabets grams are not of three signs; where they mix, the index is not asked.
    if (behind.length !== 1 || signs.some((sign) => standsAnywhere([sign]))) return [];
    const exchanged = [...signs.slice(0, place - 1), signs[place] as string];
    return [[beginningMark(signs.slice(0, place)), ...behind, beginningMark(exchanged)]];
  });
}
