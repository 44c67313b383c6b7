/**
 * Specific Character Set (PS3.3 §C.12.1.1.2, PS3.5 §6.1.2), decoded through the platform's TextDecoder.
 *
 * Broken declarations are the rule in the wild: terms are compared by letters and digits alone, unknown ones fall
 * back to the default, and bytes above 127 without a declaration read as Latin-1, which is what senders mean.
 */

/** A set of characters that can stand in G0 or G1 (ISO 2022), and how its bytes become text. */
type CodeSet = {
  readonly label: string;
  /** Two bytes a character. */
  readonly wide?: boolean;
  /** Designated into G0: bytes below 128, to be read with their high bits set, after `prefix`. */
  readonly raise?: boolean;
  readonly prefix?: number;
};

const ascii: CodeSet = { label: 'iso-8859-1' };
const jisX0201: CodeSet = { label: 'shift_jis' };
const jisX0208: CodeSet = { label: 'euc-jp', wide: true, raise: true };
const jisX0212: CodeSet = { label: 'euc-jp', wide: true, raise: true, prefix: 0x8f };
const ksX1001: CodeSet = { label: 'euc-kr', wide: true };
const gb2312: CodeSet = { label: 'gbk', wide: true };

/** Tables C.12-2 to C.12-4: ISO-IR number → G1 (or whole) character set. */
const byRegistration: Readonly<Record<string, CodeSet>> = {
  6: ascii,
  100: { label: 'iso-8859-1' },
  101: { label: 'iso-8859-2' },
  109: { label: 'iso-8859-3' },
  110: { label: 'iso-8859-4' },
  144: { label: 'iso-8859-5' },
  127: { label: 'iso-8859-6' },
  126: { label: 'iso-8859-7' },
  138: { label: 'iso-8859-8' },
  148: { label: 'iso-8859-9' },
  203: { label: 'iso-8859-15' },
  13: jisX0201,
  166: { label: 'windows-874' },
  87: jisX0208,
  159: jisX0212,
  149: ksX1001,
  58: gb2312,
};

/** Character sets that are used whole, without code extensions (table C.12-5), and what people write instead. */
const whole: Readonly<Record<string, string>> = {
  ISOIR192: 'utf-8',
  ISO2022IR192: 'utf-8',
  UTF8: 'utf-8',
  UNICODE: 'utf-8',
  GB18030: 'gb18030',
  ISO2022GB18030: 'gb18030',
  GBK: 'gbk',
  ISO2022GBK: 'gbk',
  GB2312: 'gbk',
};

const alias: Readonly<Record<string, string>> = {
  ASCII: '6',
  USASCII: '6',
  ISO646: '6',
  LATIN1: '100',
  LATIN2: '101',
  LATIN3: '109',
  LATIN4: '110',
  LATIN5: '148',
  LATIN9: '203',
  CYRILLIC: '144',
  ARABIC: '127',
  GREEK: '126',
  HEBREW: '138',
  THAI: '166',
  SHIFTJIS: '13',
  SJIS: '13',
  EUCKR: '149',
  ISO88591: '100',
  ISO88592: '101',
  ISO88593: '109',
  ISO88594: '110',
  ISO88595: '144',
  ISO88596: '127',
  ISO88597: '126',
  ISO88598: '138',
  ISO88599: '148',
  ISO885915: '203',
  TIS620: '166',
};

/** Escape sequences of tables C.12-3 and C.12-4, after ESC → where the set goes. */
const escapes: Readonly<Record<string, readonly ['G0' | 'G1', CodeSet]>> = {
  '(B': ['G0', ascii],
  '(J': ['G0', jisX0201],
  ')I': ['G1', jisX0201],
  '-A': ['G1', byRegistration[100]!],
  '-B': ['G1', byRegistration[101]!],
  '-C': ['G1', byRegistration[109]!],
  '-D': ['G1', byRegistration[110]!],
  '-L': ['G1', byRegistration[144]!],
  '-G': ['G1', byRegistration[127]!],
  '-F': ['G1', byRegistration[126]!],
  '-H': ['G1', byRegistration[138]!],
  '-M': ['G1', byRegistration[148]!],
  '-b': ['G1', byRegistration[203]!],
  '-T': ['G1', byRegistration[166]!],
  $B: ['G0', jisX0208],
  '$@': ['G0', jisX0208],
  '$(D': ['G0', jisX0212],
  '$)C': ['G1', ksX1001],
  '$)A': ['G1', gb2312],
};

export type Charset = {
  /** Set for UTF-8, GB18030 and GBK: no escapes, one decoder. */
  readonly whole: string | undefined;
  readonly g1: CodeSet;
};

const decoders = new Map<string, TextDecoder>();

function decode(label: string, bytes: Uint8Array): string {
  let decoder = decoders.get(label);
  if (decoder === undefined) {
    decoder = new TextDecoder(label);
    decoders.set(label, decoder);
  }
  return decoder.decode(bytes);
}

export const defaultCharset: Charset = { whole: undefined, g1: ascii };
const parsed = new Map<string, Charset>();

/** The character set that the values of (0008,0005) declare. */
export function charsetOf(terms: readonly string[]): Charset {
  const key = terms.join('\\');
  const known = parsed.get(key);
  if (known !== undefined) return known;
  const charset = interpret(terms.map((term) => term.toUpperCase().replace(/[^A-Z0-9]/g, '')));
  // A hostile archive must not grow this without end; real ones use a handful.
  if (parsed.size < 256) parsed.set(key, charset);
  return charset;
}

function interpret(terms: readonly string[]): Charset {
  const sets = terms.map((term) => byRegistration[/^ISO(?:2022)?IR(\d+)$/.exec(term)?.[1] ?? alias[term] ?? '']);
  const wholeLabel = Object.hasOwn(whole, terms[0] ?? '') ? whole[terms[0]!] : undefined;
  if (wholeLabel !== undefined) return { whole: wholeLabel, g1: ascii };
  const [first, ...others] = sets;
  // Sets into G0 (87, 159) need their escapes; as first value they leave G1 as it is.
  if (first !== undefined && first !== ascii && first.raise !== true) return { whole: undefined, g1: first };
  // The default first: writers that forget the escape of their one extension mean that extension.
  return {
    whole: undefined,
    g1: others.find((set) => set !== undefined && set !== ascii && set.raise !== true) ?? ascii,
  };
}

const backslash = 0x5c;
const caret = 0x5e;
const equals = 0x3d;
const esc = 0x1b;

/**
 * Decodes one value field and cuts it into its values.
 *
 * `multiple`    whether a backslash separates values; one inside a multi-byte character never does.
 * `personName`  whether ^ and = put the code elements back to their initial state (PS3.5 §6.1.2.5.3).
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
  const bytes = source.subarray(start, end);
  if (charset.whole !== undefined) return decodeWhole(bytes, charset.whole, multiple);
  const values: string[] = [];
  let value = '';
  let from = 0;
  let g0 = ascii;
  let g1 = charset.g1;
  let at = 0;
  const flush = (to: number): void => {
    if (to > from) value += decodeRun(bytes.subarray(from, to), g0, g1);
    from = to;
  };
  while (at < bytes.length) {
    const byte = bytes[at]!;
    if (byte === esc) {
      flush(at);
      const sequence = escapeAt(bytes, at);
      if (sequence !== undefined) {
        const [slot, set] = escapes[sequence]!;
        if (slot === 'G0') g0 = set;
        else g1 = set;
      }
      at += 1 + (sequence?.length ?? 0);
      from = at;
    } else if (g0.wide && byte > 0x20 && byte < 0x7f) {
      at += 2;
    } else if (byte > 0x80 && g1.wide) {
      at += 2;
    } else if (g1 === jisX0201 && isShiftJisLead(byte)) {
      at += 2;
    } else {
      const separator = byte === backslash && multiple;
      const resets = separator || (byte < 0x20 && byte > 8) || (personName && (byte === caret || byte === equals));
      if (resets) {
        flush(at);
        g0 = ascii;
        g1 = charset.g1;
      }
      if (separator) {
        values.push(value);
        value = '';
        from = at + 1;
      }
      at += 1;
    }
  }
  flush(bytes.length);
  values.push(value);
  return values;
}

/** The text, when every byte is printable ASCII or a control other than ESC: most of what there is. */
function plainText(bytes: Uint8Array, start: number, end: number): string | undefined {
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte > 0x7e || byte === esc) return undefined;
  }
  // One call with the codes beats TextDecoder below some 100 bytes, and concatenation always.
  if (end - start > 128) return decode('utf-8', bytes.subarray(start, end));
  return String.fromCharCode.apply(null, bytes.subarray(start, end) as unknown as number[]);
}

function decodeWhole(bytes: Uint8Array, label: string, multiple: boolean): string[] {
  if (!multiple) return [decode(label, bytes)];
  const values: string[] = [];
  let from = 0;
  let at = 0;
  while (at < bytes.length) {
    const byte = bytes[at]!;
    // UTF-8 keeps ASCII bytes to ASCII; the Chinese sets use them, backslash included, as second bytes.
    if (byte > 0x80 && label !== 'utf-8') at += 2;
    else {
      if (byte === backslash) {
        values.push(decode(label, bytes.subarray(from, at)));
        from = at + 1;
      }
      at += 1;
    }
  }
  values.push(decode(label, bytes.subarray(from)));
  return values;
}

function escapeAt(bytes: Uint8Array, at: number): string | undefined {
  const two = String.fromCharCode(bytes[at + 1] ?? 0, bytes[at + 2] ?? 0);
  if (Object.hasOwn(escapes, two)) return two;
  const three = two + String.fromCharCode(bytes[at + 3] ?? 0);
  return Object.hasOwn(escapes, three) ? three : undefined;
}

/** Lead bytes that JIS X 0201 leaves unused: files marked ISO_IR 13 that hold Shift-JIS exist. */
function isShiftJisLead(byte: number): boolean {
  return (byte >= 0x81 && byte <= 0x9f) || (byte >= 0xe0 && byte <= 0xfc);
}

/** A run without escapes: low bytes belong to G0, high ones to G1. */
function decodeRun(run: Uint8Array, g0: CodeSet, g1: CodeSet): string {
  if (g0.raise !== true) return decode(g1 === ascii ? g0.label : g1.label, run);
  let text = '';
  let at = 0;
  while (at < run.length) {
    const low = isLow(run[at]!);
    let to = at;
    while (to < run.length && isLow(run[to]!) === low) to += low ? 2 : 1;
    to = Math.min(to, run.length);
    const part = run.subarray(at, to);
    text += low ? decode(g0.label, raised(part, g0.prefix)) : decode(g1.label, part);
    at = to;
  }
  return text;
}

function isLow(byte: number): boolean {
  return byte > 0x20 && byte < 0x7f;
}

function raised(bytes: Uint8Array, prefix: number | undefined): Uint8Array {
  const out: number[] = [];
  for (let at = 0; at < bytes.length; at++) {
    if (prefix !== undefined && at % 2 === 0) out.push(prefix);
    out.push(bytes[at]! | 0x80);
  }
  return Uint8Array.from(out);
}
