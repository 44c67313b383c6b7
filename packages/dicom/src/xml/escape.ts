/** What XML 1.0 §2.2 has no place for, as text or as reference: most control characters, U+FFFE, U+FFFF, lone surrogates. */
const impossible = /[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]/gu;

/** One pass each: a function that is asked for every match would have all of them kept first. */
function escaped(value: string): string {
  const carried = value.replace(impossible, '\ufffd');
  if (!/[&<>"'\r]/.test(carried)) return carried;
  return carried
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&apos;')
    .replace(/\r/g, '&#13;');
}

/**
 * Character data. What XML cannot carry, form feed above all, becomes U+FFFD: PS3.19 names no escape, and one of our own
 * nobody would read. DCMTK 3.6.7 writes such characters as they are, and no XML parser reads that.
 */
export function xmlText(value: string): string {
  return escaped(value);
}

/** The value of an attribute, in quotes; line ends and tabs would be read as blanks (XML 1.0 §3.3.3). */
export function xmlQuoted(value: string): string {
  return `"${escaped(value).replace(/\n/g, '&#10;').replace(/\t/g, '&#9;')}"`;
}

/** The first character that no XML document holds; -1 where there is none. */
export function impossibleAt(text: string): number {
  return text.search(impossible);
}
