import { decodeEach, inverse, once, pairs, type Ranges, wideTable } from './code-sets.ts';

/** What the editions of GB18030 (2000, 2005, 2022) and their readers give different codes: ranges of UTF-16 units. */
const disputed: Ranges = [
  [0x1e3f, 0x1e3f],
  [0x9fb4, 0x9fbb],
  [0xfe10, 0xfe19],
];

/** What GBK 1.0 and code page 936 both assign: no euro, no Ideographic Description Characters, no radicals in row FE. */
const gbk: Ranges = [
  [0x8140, 0xa2e2],
  [0xa2e4, 0xa8be],
  [0xa8c0, 0xa988],
  [0xa996, 0xfe4f],
];

function withoutDisputed(codes: Uint16Array): Uint16Array {
  for (const [from, to] of disputed) codes.fill(0, from, to + 1);
  return codes;
}

const twoBytes = once(() =>
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
);

/** UTF-16 unit → its two bytes as a number, 0 where it has none. */
export const gbkCodes = once(() => withoutDisputed(inverse(twoBytes(), gbk, (index) => index | 0x8000)));
export const gb18030Codes = once(() =>
  withoutDisputed(inverse(twoBytes(), [[0x8140, 0xfefe]], (index) => index | 0x8000)),
);

/** The four bytes of a pointer: 81 to FE, 30 to 39, 81 to FE, 30 to 39, the last counting fastest. */
export function fourBytes(pointer: number): [number, number, number, number] {
  return [
    0x81 + Math.floor(pointer / 12600),
    0x30 + (Math.floor(pointer / 1260) % 10),
    0x81 + (Math.floor(pointer / 10) % 126),
    0x30 + (pointer % 10),
  ];
}

/** Up to 8431A439 stand the characters of the basic plane that have no two bytes; U+10000 stands at 90308130. */
const basicPointers = 39420;
const supplementary = 189000;

const basicPointersByUnit = once(() => {
  const out = new Uint16Array(0x10000);
  const codes = Array.from({ length: basicPointers }, (_, pointer) => fourBytes(pointer));
  decodeEach('gb18030', codes, (pointer, unit) => {
    out[unit] = pointer + 1;
  });
  return withoutDisputed(out);
});

/** The pointer to a character that has no two bytes, -1 where there is none. */
export function gb18030Pointer(codePoint: number): number {
  if (codePoint > 0xffff) return codePoint - 0x10000 + supplementary;
  return basicPointersByUnit()[codePoint]! - 1;
}
