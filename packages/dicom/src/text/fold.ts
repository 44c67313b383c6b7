/** Combining marks are diacritics in these scripts; in others (Devanagari, Arabic, Hebrew …) they are letters. */
const diacritics = /([\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}])\p{M}+/gu;

/**
 * Text as search compares it: NFKC, case folded, diacritics stripped in Latin, Greek and Cyrillic.
 *
 * Law     `foldText(foldText(x))` is `foldText(x)`; blind tokens depend on it, so a change of it re-indexes everything.
 * Cost    O(n); ASCII takes one pass.
 * Source  Unicode UAX #15; PS3.4 §C.2.2.2.1 leaves the folding of names to the implementation.
 */
export function foldText(text: string): string {
  if (/^[\x00-\x7f]*$/.test(text)) return text.toLowerCase();
  // In capitals ß and ss, ſ and s, dotless and dotted i meet; ẞ is one already, and first becomes ß. Final sigma is told
  // apart by position only.
  const cased = text.normalize('NFKC').toLowerCase().toUpperCase().toLowerCase().replaceAll('ς', 'σ');
  return cased.normalize('NFKD').replace(diacritics, '$1').normalize('NFKC');
}
