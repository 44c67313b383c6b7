/**
 * The character sets that code extensions (ISO 2022) move between, as tables between codes and UTF-16 units.
 *
 * The tables are built when a text first needs them, by running the platform's TextDecoder over every code: 64 KiB a
 * double-byte set, 5 to 30 ms. Runs are not handed to TextDecoder itself, because its labels are not these sets: under
 * `shift_jis` Node swaps 1A, 1C and 7F, under `euc-kr` it knows fewer characters than browsers do, and a walker that
 * looks for delimiters would disagree with the decoder about where broken characters end.
 * The backslash and the tilde of JIS X 0201 are read as such, as Windows and pydicom do, not as ¥ and ‾, as DCMTK does.
 */
export type CodeSet = {
  /** What follows ESC to designate it (tables C.12-3 and C.12-4); empty where the standard does not know the set. */
  readonly escape: string;
  /** G0 is invoked by bytes below 128, G1 by those above. */
  readonly slot: 'G0' | 'G1';
  /** Two bytes a character. */
  readonly wide: boolean;
  /** `singleIndex` or `wideIndex` → UTF-16 unit, 0 where there is none. */
  readonly decoding: () => Uint16Array;
  /** UTF-16 unit → the bytes of its code as a number, 0 where there is none. Only what all readers decode alike. */
  readonly encoding: () => Uint16Array;
};

/** First and last, both included. */
export type Ranges = readonly (readonly [number, number])[];

export function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

export const singleIndex = (byte: number): number => byte - 0x80;
/** Codes of G0 are raised to the upper half first. */
export const wideIndex = (lead: number, trail: number): number => ((lead & 0x7f) << 8) | trail;

/**
 * Decodes many codes of equal length in one call, a line feed (which no code contains) after each.
 * `use` is given those that are one UTF-16 unit, in no private area: what means nothing in public means nothing here.
 */
export function decodeEach(
  label: string,
  codes: readonly (readonly number[])[],
  use: (at: number, unit: number) => void,
): void {
  const lines = new TextDecoder(label).decode(Uint8Array.from(codes.flatMap((code) => [...code, 0x0a]))).split('\n');
  lines.forEach((line, at) => {
    const unit = line.charCodeAt(0);
    const isPrivate = (unit >= 0xe000 && unit <= 0xf8ff) || unit === 0xfffd;
    if (line.length === 1 && !isPrivate) use(at, unit);
  });
}

/** Every pair of a lead and a trail byte, with `before` in front of it. */
export function pairs(leads: Ranges, trails: Ranges, before: readonly number[] = []): number[][] {
  const each = (ranges: Ranges): number[] =>
    ranges.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i));
  const trailBytes = each(trails);
  return each(leads).flatMap((lead) => trailBytes.map((trail) => [...before, lead, trail]));
}

export function wideTable(label: string, codes: readonly (readonly number[])[]): Uint16Array {
  const table = new Uint16Array(0x8000);
  decodeEach(label, codes, (at, unit) => {
    const [lead = 0, trail = 0] = codes[at]!.slice(-2);
    table[wideIndex(lead, trail)] = unit;
  });
  return table;
}

/** The inverse of a table over the codes in `ranges`; where two codes mean one character, the first stands. */
export function inverse(table: Uint16Array, ranges: Ranges, code: (index: number) => number): Uint16Array {
  const out = new Uint16Array(0x10000);
  for (let index = 0; index < table.length; index++) {
    const unit = table[index]!;
    const own = code(index);
    if (unit !== 0 && out[unit] === 0 && ranges.some(([from, to]) => own >= from && own <= to)) out[unit] = own;
  }
  return out;
}

/**
 * A set of table C.12-3. Bytes 80 to 9F are no graphic characters of ISO 8859; where the platform reads ISO 8859-1, -9
 * and TIS 620 as the Windows code pages that contain them, that is what senders mean.
 * `written` are the codes that the registered set assigns, and thus all that is written.
 */
function singleByte(label: string, designation: string, written: Ranges = [[0xa0, 0xff]], lowest = 0x80): CodeSet {
  const decoding = once(() => {
    const table = new Uint16Array(0x80);
    const codes = Array.from({ length: 0x100 - lowest }, (_, i) => [lowest + i]);
    decodeEach(label, codes, (at, unit) => {
      table[singleIndex(lowest + at)] = unit;
    });
    return table;
  });
  const encoding = once(() => inverse(decoding(), written, (index) => index + 0x80));
  return { escape: designation, slot: 'G1', wide: false, decoding, encoding };
}

/** A set of table C.12-4; `standard` are the codes that its standard assigns, with both high bits set. */
function doubleByte(slot: 'G0' | 'G1', designation: string, standard: Ranges, table: () => Uint16Array): CodeSet {
  const decoding = once(table);
  const encoding = once(() => {
    const out = inverse(decoding(), standard, (index) => ((index & 0xff) < 0xa1 ? 0 : index | 0x8000));
    return slot === 'G1' ? out : out.map((code) => code & 0x7f7f);
  });
  return { escape: designation, slot, wide: true, decoding, encoding };
}

const high: Ranges = [[0xa1, 0xfe]];

/** The platform reads JIS X 0208 as Microsoft did; these six are what JIS, DCMTK and pydicom say. */
const jisNotMicrosoft: readonly (readonly [index: number, unit: number])[] = [
  [wideIndex(0xa1, 0xc1), 0x301c],
  [wideIndex(0xa1, 0xc2), 0x2016],
  [wideIndex(0xa1, 0xdd), 0x2212],
  [wideIndex(0xa1, 0xf1), 0x00a2],
  [wideIndex(0xa1, 0xf2), 0x00a3],
  [wideIndex(0xa2, 0xcc), 0x00ac],
];

const jisX0208: Ranges = [
  [0xa1a1, 0xa8fe],
  [0xb0a1, 0xf4fe],
];
/** Without 2237, a tilde to some and a wide tilde to others. */
const jisX0212: Ranges = [
  [0xa2a1, 0xa2b6],
  [0xa2b8, 0xedfe],
];
/** Without A4D4, the filler that joins letters to syllables. */
const ksX1001: Ranges = [
  [0xa1a1, 0xa4d3],
  [0xa4d5, 0xacfe],
  [0xb0a1, 0xc8fe],
  [0xcaa1, 0xfdfe],
];
/** GB 2312 within GBK, without A1A4 and A1AA: GBK reads them as · and —, tables of GB 2312 as ・ and ―. */
const gb2312: Ranges = [
  [0xa1a1, 0xa1a3],
  [0xa1a5, 0xa1a9],
  [0xa1ab, 0xa1fe],
  [0xa2b1, 0xa2e2],
  [0xa2e5, 0xa2ee],
  [0xa2f1, 0xa2fc],
  [0xa3a1, 0xa4f3],
  [0xa5a1, 0xa5f6],
  [0xa6a1, 0xa6b8],
  [0xa6c1, 0xa6d8],
  [0xa7a1, 0xa7c1],
  [0xa7d1, 0xa7f1],
  [0xa8a1, 0xa8ba],
  [0xa8c5, 0xa8e9],
  [0xa9a4, 0xa9ef],
  [0xb0a1, 0xd7f9],
  [0xd8a1, 0xf7fe],
];

/**
 * KS X 1001 with the syllables that Windows adds to it (Unified Hangul Code), since senders write those too: they stand
 * in the order of Unicode, in the codes of which one byte at least is below A1, up to C652.
 */
function hangulTable(): Uint16Array {
  const table = wideTable('euc-kr', pairs(high, high));
  table[wideIndex(0xa2, 0xe6)] = 0x20ac;
  table[wideIndex(0xa2, 0xe7)] = 0x00ae;
  const standard = new Set(table);
  const letters: Ranges = [
    [0x41, 0x5a],
    [0x61, 0x7a],
  ];
  const codes = [
    ...pairs([[0x81, 0xa0]], [...letters, [0x81, 0xfe]]),
    ...pairs([[0xa1, 0xc6]], [...letters, [0x81, 0xa0]]),
  ];
  let at = 0;
  for (let unit = 0xac00; unit <= 0xd7a3; unit++) {
    if (standard.has(unit)) continue;
    const [lead, trail] = codes[at++]!;
    table[wideIndex(lead!, trail!)] = unit;
  }
  return table;
}

/** Bytes of Shift-JIS that JIS X 0201 leaves unused: files marked ISO_IR 13 that hold Shift-JIS exist. Never written. */
export const shiftJis = once(() =>
  wideTable(
    'shift_jis',
    pairs(
      [
        [0x81, 0x9f],
        [0xe0, 0xfc],
      ],
      [
        [0x40, 0x7e],
        [0x80, 0xfc],
      ],
    ),
  ),
);

/** The katakana of JIS X 0201; its Roman half is told apart from ASCII where text is encoded. */
export const katakana = singleByte('shift_jis', ')I', [[0xa1, 0xdf]], 0xa1);
export const latin1 = singleByte('iso-8859-1', '-A');
/** No term of the standard, but written in (0008,0005) where Windows speaks Russian. */
export const windowsCyrillic = singleByte('windows-1251', '');

/** Tables C.12-2 to C.12-4: number of registration → what its bytes above 127, or after an escape, mean. */
export const byRegistration: ReadonlyMap<number, CodeSet> = new Map([
  [100, latin1],
  [101, singleByte('iso-8859-2', '-B')],
  [109, singleByte('iso-8859-3', '-C')],
  [110, singleByte('iso-8859-4', '-D')],
  [144, singleByte('iso-8859-5', '-L')],
  [127, singleByte('iso-8859-6', '-G')],
  // ISO-IR 126 is the edition of 1987: the euro, the drachma and the iota came in 2003.
  [
    126,
    singleByte('iso-8859-7', '-F', [
      [0xa0, 0xa3],
      [0xa6, 0xa9],
      [0xab, 0xff],
    ]),
  ],
  // ISO-IR 138 is that of 1988: direction marks came in 1999, when the overline became a macron.
  [
    138,
    singleByte('iso-8859-8', '-H', [
      [0xa0, 0xae],
      [0xb0, 0xfc],
    ]),
  ],
  [148, singleByte('iso-8859-9', '-M')],
  [203, singleByte('iso-8859-15', '-b')],
  [13, katakana],
  [166, singleByte('windows-874', '-T', [[0xa1, 0xfb]])],
  [
    87,
    doubleByte('G0', '$B', jisX0208, () => {
      const table = wideTable('euc-jp', pairs(high, high));
      for (const [index, unit] of jisNotMicrosoft) table[index] = unit;
      return table;
    }),
  ],
  [159, doubleByte('G0', '$(D', jisX0212, () => wideTable('euc-jp', pairs(high, high, [0x8f])))],
  [149, doubleByte('G1', '$)C', ksX1001, hangulTable)],
  [
    58,
    doubleByte('G1', '$)A', gb2312, () =>
      wideTable(
        'gb18030',
        pairs(
          [[0x81, 0xfe]],
          [
            [0x40, 0x7e],
            [0x80, 0xfe],
          ],
        ),
      ),
    ),
  ],
]);

/** Escape sequences, after ESC → the set, or `undefined` for the 94 characters of ASCII or JIS X 0201 in G0. */
export const byEscape: ReadonlyMap<string, CodeSet | undefined> = new Map<string, CodeSet | undefined>([
  ['(B', undefined],
  ['(J', undefined],
  ...[...byRegistration.values()].map((set) => [set.escape, set] as const),
  // JIS C 6226-1978, the edition before: announced by some Japanese senders, and the same but for a few shapes.
  ['$@', byRegistration.get(87)],
]);
