import { DicomError } from '../errors.ts';
import { backslash, type Charset, caret, charsetOf, command, equals, esc } from './charset.ts';
import { fourBytes, gb18030Codes, gb18030Pointer, gbkCodes } from './chinese-codes.ts';
import { byRegistration, type CodeSet, katakana } from './code-sets.ts';

export type EncodeTextOptions = {
  /** ^ and = separate components and groups, and put the code elements back. A backslash is refused. */
  readonly personName?: boolean;
  /** `text` is several values joined by backslashes. Without it a backslash is text, as in ST, LT, UT and UR. */
  readonly multiple?: boolean;
};

/**
 * Encodes a text into the character sets that Specific Character Set declares, so that it can replace one in a file.
 *
 * Shape   in: a text, and the values of (0008,0005) as they stand. out: its bytes, not padded.
 * Law     `decodeValues(encodeText(x, terms), …, charsetOf(terms))` is `x`, byte order marks in front apart, and so it
 *         is to DCMTK and pydicom: characters that they read differently are refused like those that no set has, and
 *         so are those with the byte of a backslash, or in names of =, where readers split bytes before they decode.
 *         pydicom 2.3 leaves the escapes of ISO 2022 IR 58 in the text, whoever wrote it.
 *         G0 is back in its initial state at the end and before every delimiter; what G1 needs is announced after each.
 *         Of several sets the one that serves longest is taken, so that no text has fewer escapes.
 * Cost    O(characters × declared sets); some 10 to 40 ms for the first text in each double-byte set.
 * Source  PS3.5 §6.1.2.5.3; PS3.3 §C.12.1.1.2.
 *
 * @throws DicomError DICOM_TEXT_NOT_ENCODABLE  a character that no declared set has, a lone surrogate, an ESC or
 *         another control that no text has, or a backslash where it would cut the value in two; callers may then turn the data set to ISO_IR 192
 */
export function encodeText(text: string, terms: readonly string[], options: EncodeTextOptions = {}): Uint8Array {
  const charset = charsetOf(terms);
  if (command.test(text)) throw notEncodable();
  if (options.personName === true && options.multiple !== true && text.includes('\\')) throw notEncodable();
  if (charset.whole === 'utf-8') {
    // TextEncoder would write U+FFFD for half a character.
    if (!text.isWellFormed()) throw notEncodable();
    return new TextEncoder().encode(text);
  }
  if (/^[\x00-\x7f]*$/.test(text) && !charset.roman) return new TextEncoder().encode(text);
  return charset.whole === undefined
    ? encodeExtended(text, charset, options)
    : encodeChinese(text, charset.whole, options);
}

/**
 * `encodeText` of the values of one element, joined by backslashes; `singleValued` for ST, LT, UT and UR.
 *
 * @throws DicomError DICOM_TEXT_NOT_ENCODABLE  as `encodeText`, and for a backslash within one of several values
 */
export function encodeValues(
  values: readonly string[],
  terms: readonly string[],
  options: { readonly personName?: boolean; readonly singleValued?: boolean } = {},
): Uint8Array {
  const multiple = options.singleValued !== true;
  if (multiple ? values.some((value) => value.includes('\\')) : values.length > 1) throw notEncodable();
  return encodeText(values.join('\\'), terms, { personName: options.personName === true, multiple });
}

/** Whether `encodeText` would succeed. */
export function canEncode(text: string, terms: readonly string[], options: EncodeTextOptions = {}): boolean {
  try {
    encodeText(text, terms, options);
    return true;
  } catch (error) {
    if (error instanceof DicomError) return false;
    throw error;
  }
}

function notEncodable(): DicomError {
  return new DicomError('DICOM_TEXT_NOT_ENCODABLE', 'the declared character sets cannot hold this text');
}

/**
 * Whether one of a character's two bytes is what separates values, or groups of a name. 5E is not counted: the
 * standard's own やまだ (PS3.5 annex H) holds it, and readers cope.
 */
function tornBy({ personName, multiple }: EncodeTextOptions): (code: number) => boolean {
  if (personName !== true && multiple !== true) return () => false;
  const other = personName === true ? equals : backslash;
  return (code) => {
    const lead = code >>> 8;
    const trail = code & 0xff;
    return lead !== 0 && (lead === backslash || trail === backslash || lead === other || trail === other);
  };
}

function encodeChinese(text: string, whole: 'gb18030' | 'gbk', options: EncodeTextOptions): Uint8Array {
  const codes = whole === 'gbk' ? gbkCodes() : gb18030Codes();
  const isTorn = tornBy(options);
  const out = new Bytes(text.length * 2);
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) out.push(unit);
    else if (codes[unit] !== 0) {
      if (isTorn(codes[unit]!)) throw notEncodable();
      out.pushCode(codes[unit]!);
    } else {
      if (whole === 'gbk') throw notEncodable();
      const codePoint = text.codePointAt(at)!;
      if (codePoint > 0xffff) at += 1;
      const pointer = gb18030Pointer(codePoint);
      if (pointer < 0) throw notEncodable();
      for (const byte of fourBytes(pointer)) out.push(byte);
    }
  }
  return out.done();
}

/**
 * Sets between whose escapes no ASCII stands. In G0 there is no room for it. Beside GB 2312 there is, but DCMTK 3.6.7
 * reads two bytes at a time from its escape to the next, past delimiters, and can then miss that one.
 */
const isAlone = (set: CodeSet | undefined): boolean => set?.slot === 'G0' || (set !== undefined && set === gb2312);
const gb2312 = byRegistration.get(58);

/**
 * Text in fragments, each begun by a delimiter or an escape.
 *
 * ISO 2022 would keep G1 while G0 changes. Readers in the field know one set at a time, that of the last escape, so
 * after a return from a double-byte G0 whatever G1 is wanted is announced again: right for both.
 */
function encodeExtended(text: string, charset: Charset, options: EncodeTextOptions): Uint8Array {
  const { personName, multiple } = options;
  const g0Escape = charset.roman ? '(J' : '(B';
  const targets = [undefined, ...new Set([charset.first, ...charset.extensions])].filter(
    (set, at) => at === 0 || set !== undefined,
  );
  const isTorn = tornBy(options);
  const out = new Bytes(text.length * 2);
  /** The set of the fragment; `undefined` is G0 alone. */
  let active = charset.first;
  let g1 = charset.first;

  /** The code of a unit while `set` is active, 0 where it has none. NUL is a control and never asked for. */
  const codeIn = (set: CodeSet | undefined, unit: number): number => {
    if (unit >= 0x80) {
      const code = set === undefined ? 0 : set.encoding()[unit]!;
      return isTorn(code) ? 0 : code;
    }
    if (isAlone(set)) return 0;
    // JIS X 0201 has ¥ and ‾ there; some read them so and some as ASCII, hence none of the four is written.
    return (charset.roman || set === katakana) && (unit === backslash || unit === 0x7e) ? 0 : unit;
  };
  const isDelimiter = (unit: number): boolean =>
    unit < 0x20 ||
    (unit === backslash && multiple === true) ||
    (personName === true && (unit === caret || unit === equals));
  const switchTo = (set: CodeSet | undefined): void => {
    if (set === undefined || (isAlone(active) && !isAlone(set))) out.pushEscape(g0Escape);
    if (set !== undefined) out.pushEscape(set.escape);
    if (set?.slot === 'G1') g1 = set;
    active = set;
  };
  const backToInitial = (): void => {
    if (isAlone(active)) switchTo(undefined);
    if (g1 !== charset.first && charset.first !== undefined) switchTo(charset.first);
    active = charset.first;
    g1 = charset.first;
  };
  /** The set that reaches farthest, the initial state first among equals. */
  const bestFrom = (from: number): CodeSet | undefined => {
    let best: CodeSet | undefined;
    let farthest = from;
    for (const set of targets) {
      let to = from;
      while (to < text.length && !isDelimiter(text.charCodeAt(to)) && codeIn(set, text.charCodeAt(to)) !== 0) to++;
      if (to > farthest) [best, farthest] = [set, to];
    }
    if (farthest === from) throw notEncodable();
    return best;
  };

  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (isDelimiter(unit)) {
      backToInitial();
      out.push(unit);
      continue;
    }
    if (codeIn(active, unit) === 0) switchTo(bestFrom(at));
    out.pushCode(codeIn(active, unit));
  }
  backToInitial();
  return out.done();
}

class Bytes {
  #bytes: Uint8Array;
  #length = 0;

  constructor(expected: number) {
    this.#bytes = new Uint8Array(expected + 16);
  }

  push(byte: number): void {
    if (this.#length === this.#bytes.length) {
      const larger = new Uint8Array(this.#length * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes[this.#length++] = byte;
  }

  /** One byte, or two where the code has two. */
  pushCode(code: number): void {
    if (code > 0xff) this.push(code >>> 8);
    this.push(code & 0xff);
  }

  pushEscape(designation: string): void {
    this.push(esc);
    for (let at = 0; at < designation.length; at++) this.push(designation.charCodeAt(at));
  }

  done(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}
