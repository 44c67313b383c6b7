import { byEscape, type CodeSet, katakana, shiftJis, singleIndex, wideIndex } from './code-sets.ts';
import { type Charset, charsetOf, defaultCharset } from './terms.ts';

export { type Charset, charsetOf, defaultCharset };

export const backslash = 0x5c;
export const caret = 0x5e;
export const equals = 0x3d;
export const esc = 0x1b;
const replacement = 0xfffd;

/** C1, and C0 but what pads (NUL) and lays out text (PS3.5 §6.1.3: TAB, LF, FF, CR): what terminals take for commands. */
export const command = /[\x01-\x08\x0b\x0e-\x1f\x80-\x9f]/;
const commands = new RegExp(command, 'g');
/** The same of C0, a bit for each. */
const lowCommands = ~((1 << 0x00) | (1 << 0x09) | (1 << 0x0a) | (1 << 0x0c) | (1 << 0x0d));

function isLowCommand(byte: number): boolean {
  return byte < 0x20 && ((lowCommands >>> byte) & 1) === 1;
}

const utf8 = new TextDecoder('utf-8');
/** For GBK too, as browsers do: what GBK assigns means the same in GB18030. */
const gb18030 = new TextDecoder('gb18030');

/**
 * Decodes one value field and cuts it into its values.
 *
 * Shape   in: a range of bytes. out: at least one value, padding included. What is no character becomes U+FFFD, and so
 *         does every ESC that designates nothing, every other control but NUL, TAB, LF, FF and CR, and all of C1: no
 *         decoded text contains one, so none can move a terminal.
 *         `multiple`: a backslash separates values; one inside a double-byte character never does.
 *         `personName`: ^ and = put the code elements back to their initial state too.
 * Law     Never throws. Delimiters stay delimiters after a character cut in half.
 * Cost    linear; ASCII in one pass.
 * Source  PS3.5 §6.1.2.5.3. Known escapes are obeyed whether or not their set was declared: senders forget.
 */
export function decodeValues(
  source: Uint8Array,
  start: number,
  end: number,
  charset: Charset,
  multiple: boolean,
  personName: boolean,
): string[] {
  const plain = plainText(source, start, end);
  if (plain !== undefined) return multiple && plain.includes('\\') ? plain.split('\\') : [plain];
  if (charset.whole !== undefined) return decodeWhole(source.subarray(start, end), charset.whole, multiple);
  return decodeExtended(source, start, end, charset, multiple, personName);
}

/** The text, when every byte is printable ASCII, padding or layout: most of what there is. */
function plainText(bytes: Uint8Array, start: number, end: number): string | undefined {
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte > 0x7e || isLowCommand(byte)) return undefined;
  }
  // One call with the codes beats TextDecoder below some 100 bytes, and concatenation always.
  if (end - start > 128) return utf8.decode(bytes.subarray(start, end));
  return String.fromCharCode.apply(null, bytes.subarray(start, end) as unknown as number[]);
}

function decodeExtended(
  source: Uint8Array,
  start: number,
  end: number,
  charset: Charset,
  multiple: boolean,
  personName: boolean,
): string[] {
  const values: string[] = [];
  // No byte becomes more than one UTF-16 unit.
  const units = new Uint16Array(end - start);
  let length = 0;
  let valueStart = 0;
  let g0: CodeSet | undefined;
  let g1 = charset.g1;
  let at = start;
  while (at < end) {
    const byte = source[at]!;
    const next = at + 1 < end ? source[at + 1]! : 0;
    let size = 1;
    let unit = byte;
    if (byte === esc) {
      const sequence = escapeAt(source, at, end);
      if (sequence === undefined) unit = replacement;
      else {
        const set = byEscape.get(sequence);
        if (set?.slot === 'G1') g1 = set;
        else g0 = set;
        at += 1 + sequence.length;
        continue;
      }
    } else if (byte >= 0x80) {
      if (g1.wide) {
        // Beyond the standard trail bytes may be ASCII, but a delimiter there ends a character that was cut in half.
        const isPair = next >= 0x40 && next !== backslash && next !== caret;
        unit = isPair ? g1.decoding()[wideIndex(byte, next)]! : 0;
        if (unit !== 0 || (next >= 0xa1 && byte !== 0x80 && byte !== 0xff)) size = 2;
      } else if (g1 === katakana && isShiftJisLead(byte)) {
        unit = shiftJis()[wideIndex(byte, next)]!;
        if (unit !== 0) size = 2;
      } else unit = g1.decoding()[singleIndex(byte)]!;
      if (unit < 0xa0) unit = replacement;
    } else if (g0 !== undefined && byte > 0x20 && byte < 0x7f) {
      const isPair = next > 0x20 && next < 0x7f;
      unit = (isPair && g0.decoding()[wideIndex(byte, next | 0x80)]) || replacement;
      if (isPair) size = 2;
    } else {
      const separates = multiple && byte === backslash;
      if (separates || byte < 0x20 || (personName && (byte === caret || byte === equals))) {
        g0 = undefined;
        g1 = charset.g1;
      }
      if (separates) {
        values.push(textOf(units.subarray(valueStart, length)));
        valueStart = length;
        at += 1;
        continue;
      }
      if (isLowCommand(byte)) unit = replacement;
    }
    units[length++] = unit;
    at += size;
  }
  values.push(textOf(units.subarray(valueStart, length)));
  return values;
}

function textOf(units: Uint16Array): string {
  // As many arguments as any engine's stack takes.
  const most = 0x2000;
  if (units.length <= most) return String.fromCharCode.apply(null, units as unknown as number[]);
  let text = '';
  for (let at = 0; at < units.length; at += most)
    text += String.fromCharCode.apply(null, units.subarray(at, at + most) as unknown as number[]);
  return text;
}

/** The designation that follows an ESC, two or three characters of it. */
function escapeAt(bytes: Uint8Array, at: number, end: number): string | undefined {
  if (at + 2 >= end) return undefined;
  const two = String.fromCharCode(bytes[at + 1]!, bytes[at + 2]!);
  if (byEscape.has(two)) return two;
  if (at + 3 >= end) return undefined;
  const three = two + String.fromCharCode(bytes[at + 3]!);
  return byEscape.has(three) ? three : undefined;
}

/** Lead bytes that JIS X 0201 leaves unused. */
function isShiftJisLead(byte: number): boolean {
  return (byte >= 0x81 && byte <= 0x9f) || (byte >= 0xe0 && byte <= 0xfc);
}

function decodeWhole(bytes: Uint8Array, whole: 'utf-8' | 'gb18030' | 'gbk', multiple: boolean): string[] {
  const decoder = whole === 'utf-8' ? utf8 : gb18030;
  const values: string[] = [];
  let from = 0;
  let at = multiple ? 0 : bytes.length;
  while (at < bytes.length) {
    // UTF-8 keeps ASCII bytes to ASCII; the Chinese sets use them, backslash included, as second bytes.
    if (whole !== 'utf-8' && isChinesePair(bytes, at)) at += 2;
    else {
      if (bytes[at] === backslash) {
        values.push(inert(decoder.decode(bytes.subarray(from, at))));
        from = at + 1;
      }
      at += 1;
    }
  }
  values.push(inert(decoder.decode(bytes.subarray(from))));
  return values;
}

/** A two-byte character of GB18030, or one half of a four-byte one. */
function isChinesePair(bytes: Uint8Array, at: number): boolean {
  const lead = bytes[at]!;
  if (lead < 0x81 || lead === 0xff) return false;
  const trail = bytes[at + 1] ?? 0;
  return (trail >= 0x30 && trail <= 0x39) || (trail >= 0x40 && trail !== 0x7f && trail !== 0xff);
}

function inert(text: string): string {
  return text.replace(commands, '\ufffd');
}
