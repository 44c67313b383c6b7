import fc from 'fast-check';
import { expect, test } from 'vitest';
import { numberOfText, textOfDecimal, textOfInteger } from './decimal-string.ts';

const digits = fc.stringMatching(/^\d{1,16}$/);
const decimalText = fc
  .tuple(fc.constantFrom('', '-', '+'), digits, fc.option(digits), fc.option(fc.integer({ min: -330, max: 330 })))
  .map(
    ([sign, whole, part, exponent]) =>
      `${sign}${whole}${part === null ? '' : `.${part}`}${exponent === null ? '' : `e${exponent}`}`,
  )
  .filter((text) => text.length <= 16);

test('a DS that became a number is written as that number, in at most 16 characters (property)', () => {
  fc.assert(
    fc.property(decimalText, (text) => {
      const number = numberOfText('DS', text);
      if (typeof number !== 'number') return;
      const written = textOfDecimal(number);
      expect(written.length).toBeLessThanOrEqual(16);
      expect(Object.is(Number(written), number), `${text} → ${number} → ${written}`).toBe(true);
      expect(Object.is(numberOfText('DS', written), number)).toBe(true);
    }),
    { numRuns: 3000 },
  );
});

test('any other number loses its last digits and no more (property)', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
      const written = textOfDecimal(number);
      expect(written).toMatch(/^-?(\d+\.?\d*|\.\d+)(e-?\d+)?$/);
      expect(written.length).toBeLessThanOrEqual(16);
      expect(Math.abs(Number(written) - number)).toBeLessThanOrEqual(Math.abs(number) * 1e-8 + Number.MIN_VALUE * 1e9);
    }),
    { numRuns: 3000 },
  );
});

test.each([
  [0.1 + 0.2, '0.3'],
  [1 / 3, '.333333333333333'],
  [-1 / 3, '-.33333333333333'],
  [-0.12345678901234, '-.12345678901234'],
  [0.000012345678901, '.000012345678901'],
  [12345678901234e5, '12345678901234e5'],
  [1e21, '1e+21'],
  [-0, '-0'],
  [Number.MAX_VALUE, '179769313486e297'],
  [Number.MIN_VALUE, '5e-324'],
])('%s is written as %s', (number, expected) => {
  expect(textOfDecimal(number)).toBe(expected);
});

test.each([
  ['2147483647', 2147483647],
  ['-2147483648', -2147483648],
  ['2147483648', '2147483648'],
  ['+5', 5],
  ['007', 7],
  ['1.5', '1.5'],
  ['1e3', '1e3'],
  ['', null],
])('the integer string %s becomes %s', (text, expected) => {
  expect(numberOfText('IS', text)).toBe(expected);
});

test('an integer string holds 32 bits', () => {
  expect([textOfInteger(-0x80000000), textOfInteger(-0), textOfInteger(0x80000000), textOfInteger(0.5)]).toEqual([
    '-2147483648',
    '-0',
    undefined,
    undefined,
  ]);
});
