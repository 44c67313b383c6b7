import { byRegistration, type CodeSet, katakana, latin1, windowsCyrillic } from './code-sets.ts';

/** Table C.12-5: without code extensions, one decoder for the whole value. */
export type WholeSet = 'utf-8' | 'gb18030' | 'gbk';

/** What the values of Specific Character Set (0008,0005) declare together. */
export type Charset = {
  /** Set for the sets of table C.12-5: no escapes. */
  readonly whole: WholeSet | undefined;
  /** Where reading starts, and what delimiters put G1 back to; Latin-1 where nothing is declared. */
  readonly g1: CodeSet;
  /** The G1 that value 1 declares: what writing may use without announcing it. */
  readonly first: CodeSet | undefined;
  /** Value 1 is JIS X 0201, with ¥ for \ and ‾ for ~ in G0. */
  readonly roman: boolean;
  /** What the other values, or a value 1 that is used by its escape only, let one switch to. */
  readonly extensions: readonly CodeSet[];
};

const wholeSets: ReadonlyMap<string, WholeSet> = new Map([
  ['ISOIR192', 'utf-8'],
  ['GB18030', 'gb18030'],
  ['GBK', 'gbk'],
  // Misspelt.
  ['ISO192', 'utf-8'],
  ['IR192', 'utf-8'],
  ['ISO2022IR192', 'utf-8'],
  ['UTF8', 'utf-8'],
  ['UNICODE', 'utf-8'],
  ['UNICODEUTF8', 'utf-8'],
  ['UNICODE11UTF8', 'utf-8'],
  ['ISO10646', 'utf-8'],
  ['CP65001', 'utf-8'],
  ['ISOGB18030', 'gb18030'],
  ['ISO2022GB18030', 'gb18030'],
  ['ISO2022IRGB18030', 'gb18030'],
  ['ISOGBK', 'gbk'],
  ['ISO2022GBK', 'gbk'],
  ['ISO2022IRGBK', 'gbk'],
  ['GB2312', 'gbk'],
  ['ISO2022GB2312', 'gbk'],
  ['EUCCN', 'gbk'],
  ['CP936', 'gbk'],
  ['WINDOWS936', 'gbk'],
]);

/** Names of sets instead of the terms for them → registration. */
const aliases: ReadonlyMap<string, number> = new Map([
  ['ASCII', 6],
  ['USASCII', 6],
  ['ISO646', 6],
  ['LATIN1', 100],
  ['LATIN2', 101],
  ['LATIN3', 109],
  ['LATIN4', 110],
  ['LATIN5', 148],
  ['LATIN9', 203],
  ['CYRILLIC', 144],
  ['ARABIC', 127],
  ['GREEK', 126],
  ['HEBREW', 138],
  ['THAI', 166],
  ['TIS620', 166],
  ['SHIFTJIS', 13],
  ['SJIS', 13],
  ['JISX0201', 13],
  ['JISX0208', 87],
  ['JISX0212', 159],
  ['EUCKR', 149],
  ['KSC5601', 149],
  ['KSX1001', 149],
  ['CP874', 166],
  ['CP932', 13],
  ['CP949', 149],
  ['CP1252', 100],
  ['CP1254', 148],
  // The Roman half of the Japanese set has a registration of its own.
  ['ISOIR14', 13],
  ['ISO2022IR14', 13],
]);

/** Parts of ISO/IEC 8859 → registration; ISO 8859-1 has been written in more ways than can be listed. */
const partsOf8859: ReadonlyMap<number, number> = new Map([
  [1, 100],
  [2, 101],
  [3, 109],
  [4, 110],
  [5, 144],
  [6, 127],
  [7, 126],
  [8, 138],
  [9, 148],
  [11, 166],
  [15, 203],
]);

/** The registration that a term means, its capitals and digits given; -1 where it means none that is known. */
function registrationOf(term: string): number {
  const part = /^(?:ISO|IEC|ISOIEC)?8859(\d{1,2})$/.exec(term)?.[1];
  if (part !== undefined) return partsOf8859.get(Number(part)) ?? -1;
  const alias = aliases.get(term.replace(/^WINDOWS(?=\d)/, 'CP'));
  if (alias !== undefined) return alias;
  const number = /^(?:ISO(?:2022)?(?:IR)?|IR)(\d{1,3})$/.exec(term)?.[1];
  return number === undefined ? -1 : Number(number);
}

export const defaultCharset: Charset = { whole: undefined, g1: latin1, first: undefined, roman: false, extensions: [] };
const parsed = new Map<string, Charset>();

/**
 * The character set that the values of (0008,0005) declare.
 *
 * Shape   in: its values, the empty first one included; none at all for the default repertoire.
 * Law     Terms are compared by letters and digits alone, and unknown ones declare nothing: never throws.
 * Cost    one lookup for what was seen before; else linear in the terms.
 * Source  PS3.3 §C.12.1.1.2.
 */
export function charsetOf(terms: readonly string[]): Charset {
  const key = terms.join('\\');
  const known = parsed.get(key);
  if (known !== undefined) return known;
  const charset = interpret(terms.map((term) => term.toUpperCase().replace(/[^A-Z0-9]+/g, '')));
  // A hostile archive must not grow this without end; real ones use a handful, and none longer than this.
  if (parsed.size < 256 && key.length < 256) parsed.set(key, charset);
  return charset;
}

function interpret(terms: readonly string[]): Charset {
  const sets = terms.map((term) =>
    /^(?:WINDOWS|CP)1251$/.test(term) ? windowsCyrillic : byRegistration.get(registrationOf(term)),
  );
  const [value1, ...others] = sets;
  const standsAlone = value1 !== undefined && !value1.wide;
  const extensions = new Set([value1, ...others].filter((set) => set !== undefined && set.escape !== ''));
  const first = standsAlone && value1.escape !== '' ? value1 : undefined;
  if (first !== undefined) extensions.delete(first);
  // As value 2 UTF-8 is wrong, but after a value 1 that is ASCII it can mean nothing else.
  const whole =
    wholeSets.get(terms[0] ?? '') ??
    (value1 === undefined ? terms.map((term) => wholeSets.get(term)).find((set) => set !== undefined) : undefined);
  if (whole !== undefined) return { ...defaultCharset, whole };
  // Writers that forget the escape of their one extension mean that extension.
  const g1 = standsAlone ? value1 : ([value1, ...others].find((set) => set?.slot === 'G1') ?? latin1);
  return { whole: undefined, g1, first, roman: value1 === katakana, extensions: [...extensions] as CodeSet[] };
}
