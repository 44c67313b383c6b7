import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { workedMs } from '../worked.fixture.ts';
import { charsetOf, decodeValues } from './charset.ts';

const numbers = [6, 100, 101, 109, 110, 144, 127, 126, 138, 148, 203, 13, 166, 87, 159, 149, 58];
const declarations = [
  [],
  ...numbers.flatMap((number) => [[`ISO_IR ${number}`], ['', `ISO 2022 IR ${number}`]]),
  ['ISO 2022 IR 13', 'ISO 2022 IR 87', 'ISO 2022 IR 159'],
  ['ISO 2022 IR 100', 'ISO 2022 IR 149', 'ISO 2022 IR 58'],
  ['ISO_IR 192'],
  ['GB18030'],
  ['GBK'],
];

/** Random bytes, with escapes and delimiters far oftener than chance. */
const escapes = ['(B', '(J', ')I', '-A', '-L', '-T', '$B', '$@', '$(D', '$)C', '$)A', '[2J', '$', ''];
const field = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 8 }),
      fc.constantFrom(...escapes).map((sequence) => Uint8Array.from(`\u001b${sequence}`, (char) => char.charCodeAt(0))),
      fc.constantFrom(0x5c, 0x5e, 0x3d, 0x0a, 0x08, 0x9b, 0xc2).map((byte) => Uint8Array.of(byte)),
    ),
  )
  .map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])));

test('no bytes throw in any set, no control that moves a terminal comes out, and a single value stays one', () => {
  fc.assert(
    fc.property(field, fc.constantFrom(...declarations), fc.boolean(), fc.boolean(), (bytes, terms, multiple, name) => {
      const values = decodeValues(bytes, 0, bytes.length, charsetOf(terms), multiple, name);
      expect(values.length).toBeGreaterThan(0);
      if (!multiple) expect(values).toHaveLength(1);
      const text = values.join('');
      expect(text).not.toMatch(/[\x01-\x08\x0b\x0e-\x1f\x80-\x9f]/);
      expect(text.length).toBeLessThanOrEqual(bytes.length);
    }),
    { numRuns: 1500 },
  );
});

test('a value reads the same wherever it lies in the bytes', () => {
  fc.assert(
    fc.property(field, field, fc.constantFrom(...declarations), (bytes, around, terms) => {
      const whole = Uint8Array.from([...around, ...bytes, ...around]);
      const [start, end] = [around.length, around.length + bytes.length];
      expect(decodeValues(whole, start, end, charsetOf(terms), true, true)).toEqual(
        decodeValues(bytes, 0, bytes.length, charsetOf(terms), true, true),
      );
    }),
    { numRuns: 300 },
  );
});

test('no declaration throws', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), field, (terms, bytes) => {
      expect(decodeValues(bytes, 0, bytes.length, charsetOf(terms), true, false).length).toBeGreaterThan(0);
    }),
  );
});

describe('a megabyte is read in linear time', () => {
  const filled = (pattern: readonly number[]): Uint8Array =>
    Uint8Array.from({ length: 2 ** 20 }, (_, at) => pattern[at % pattern.length]!);
  test.each([
    ['ESC alone', [0x1b]],
    ['designations alone', [0x1b, 0x24, 0x42]],
    ['a designation before every character', [0x1b, 0x24, 0x42, 0x3b, 0x33, 0x1b, 0x28, 0x42, 0x41]],
    ['lead bytes alone', [0x81]],
    ['separators after lead bytes', [0xfb, 0x5c]],
    ['delimiters of names', [0x5e, 0xe4, 0x3d]],
    ['high and low in turn', [0xe4, 0x41]],
  ])('%s', (_what, pattern) => {
    const bytes = filled(pattern);
    for (const terms of [['', 'ISO 2022 IR 87', 'ISO 2022 IR 149'], ['ISO_IR 13'], ['GB18030'], ['ISO_IR 192']]) {
      decodeValues(bytes, 0, 2 ** 10, charsetOf(terms), true, true);
      const began = workedMs();
      decodeValues(bytes, 0, bytes.length, charsetOf(terms), true, true);
      // 5 to 60 ms on two shared cores; a quadratic walk takes minutes.
      expect(workedMs() - began).toBeLessThan(2000);
    }
  });
});
