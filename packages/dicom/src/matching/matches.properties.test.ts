import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { knownVrs } from '../dictionary/vr.ts';
import { workedMs } from '../worked.fixture.ts';
import { matches } from './matches.ts';
import { wildcard } from './wildcard.ts';

const vrs = fc.constantFrom(...[...knownVrs].filter((vr) => !/^(O.|SQ|UN)$/.test(vr)));
const signs = fc.string({
  unit: fc.constantFrom('a', 'B', 'é', '1', '0', '.', '^', '=', ' ', '+', '山', '😀'),
  maxLength: 12,
});
const two = (max: number): fc.Arbitrary<string> =>
  fc.integer({ min: 0, max }).map((number) => String(number).padStart(2, '0'));
const day = fc
  .integer({ min: 0, max: 4000 })
  .map((days) => new Date(Date.UTC(2015, 0, 1) + days * 86_400_000).toISOString().slice(0, 10).replaceAll('-', ''));
const time = fc.tuple(two(23), two(59), two(60)).map((parts) => parts.join(''));
const offset = fc.constantFrom('', '+0000', '+0530', '-0800', '-1200', '+1400');
const dateTime = fc.tuple(day, time, offset).map((parts) => parts.join(''));
const plain: Record<string, fc.Arbitrary<string>> = { DA: day, TM: time, DT: dateTime };

test('the wildcard agrees with the same pattern as a regular expression', () => {
  const chars = fc.string({ unit: fc.constantFrom('a', 'b', '^', '.', '😀'), maxLength: 8 });
  const patterns = fc.string({ unit: fc.constantFrom('a', 'b', '^', '.', '😀', '*', '?'), maxLength: 6 });
  fc.assert(
    fc.property(chars, patterns, (value, pattern) => {
      const source = [...pattern]
        .map((char) => (char === '*' ? '.*' : char === '?' ? '.' : char.replace(/[\^.]/, '\\$&')))
        .join('');
      expect(wildcard(pattern)(value)).toBe(new RegExp(`^${source}$`, 'su').test(value));
    }),
    { numRuns: 1_000 },
  );
});

test('universal matching matches all', () => {
  fc.assert(
    fc.property(vrs, fc.array(signs, { maxLength: 3 }), fc.boolean(), (vr, values, multipleValue) => {
      expect(matches(vr, values, '', { multipleValue, emptyValue: true })).toBe(true);
    }),
  );
});

test('what has no sign of its own in a key matches itself', () => {
  fc.assert(
    fc.property(vrs, signs, fc.array(signs, { maxLength: 2 }), (vr, value, others) => {
      expect(matches(vr, [...others, value], value)).toBe(true);
      expect(matches(vr, [...others, value], value, { multipleValue: true })).toBe(true);
    }),
    { numRuns: 2_000 },
  );
  for (const [vr, values] of Object.entries(plain))
    fc.assert(
      fc.property(values, (value) => {
        expect(matches(vr, [value], value)).toBe(true);
      }),
    );
});

describe.each(Object.keys(plain))('ranges of %s', (vr) => {
  const some = plain[vr]!;

  test('a wider range matches whatever a narrower one does', () => {
    let matching = 0;
    fc.assert(
      fc.property(some, some, some, some, some, (value, a, b, c, d) => {
        // Only those that stand in order: with offsets their texts may not tell.
        const inOrder = (from: string, to: string): boolean =>
          matches(vr, [to], `${from}-`) && matches(vr, [from], `-${to}`);
        if (!inOrder(c, a) || !inOrder(a, b) || !inOrder(b, d) || !matches(vr, [value], `${a}-${b}`)) return;
        matching++;
        for (const wider of [`${c}-${b}`, `${a}-${d}`, `${c}-${d}`, `${a}-`, `-${b}`, `${c} - ${d} `])
          expect(matches(vr, [value], wider), wider).toBe(true);
      }),
      { numRuns: 5_000 },
    );
    expect(matching).toBeGreaterThan(10);
  });

  test('a value is in a range where it is neither before nor after it', () => {
    fc.assert(
      fc.property(some, some, some, (value, a, b) => {
        const within = matches(vr, [value], `${a}-`) && matches(vr, [value], `-${b}`);
        expect(matches(vr, [value], `${a}-${b}`)).toBe(within);
      }),
      { numRuns: 2_000 },
    );
  });
});

test('the same moment is found whatever clock it is told on', () => {
  const clocks = fc.constantFrom('+0000', '+0530', '-0800', '+1400', '-1200');
  fc.assert(
    fc.property(time, clocks, clocks, (value, values, key) => {
      const minutes = (text: string): number =>
        (text[0] === '-' ? -1 : 1) * (Number(text.slice(1, 3)) * 60 + Number(text.slice(3)));
      const [hours, mins] = [Number(value.slice(0, 2)), Number(value.slice(2, 4))];
      const later = (hours * 60 + mins + minutes(key) - minutes(values) + 2880) % 1440;
      const asked = `${String(Math.floor(later / 60)).padStart(2, '0')}${String(later % 60).padStart(2, '0')}`;
      expect(matches('TM', [value], asked, { timezone: { values, key } })).toBe(true);
    }),
  );
});

describe('no key makes matching slow', () => {
  /** Some ten times what is needed; going back and trying again takes longer. */
  const limitMs = 4_000;
  const ms = (call: () => boolean, expected: boolean): number => {
    const from = workedMs();
    expect(call()).toBe(expected);
    return workedMs() - from;
  };

  test.each([
    ['asterisks and a last letter', 'UT', `${'*'.repeat(1000)}b`],
    ['a long piece between asterisks', 'UT', `*${'a'.repeat(1000)}b*`],
    ['a long piece of question marks', 'UT', `*${'?'.repeat(1000)}b`],
    ['a long piece, wrong at its start', 'UT', `*b${'a'.repeat(1000)}*`],
    ['asterisks everywhere', 'UT', `${'*a'.repeat(500)}b`],
    ['a name of wildcards', 'PN', `${'*a^'.repeat(300)}b`],
  ])('%s', (_, vr, key) => {
    const text = 'a'.repeat(1_000_000);
    expect(ms(() => matches(vr, [text], key), false)).toBeLessThan(limitMs);
  });

  test('a key beyond 1,024 signs is a list of plain values', () => {
    const text = 'a'.repeat(1_000_000);
    expect(ms(() => matches('UT', [text], `*${text}b`), false)).toBeLessThan(limitMs);
    const list = Array.from({ length: 100_000 }, (_, index) => `v${index}`);
    expect(ms(() => matches('LO', list, list.map((one) => `${one}x`).join('\\')), false)).toBeLessThan(limitMs);
    expect(
      ms(() => matches('PN', list, list.map((one) => `${one}x`).join('\\'), { multipleValue: true }), false),
    ).toBeLessThan(limitMs);
    expect(matches('PN', ['A'], `A=B\\${'C\\'.repeat(1_000)}`)).toBe(false);
    expect(matches('LO', list, [...list].reverse().join('\\'), { multipleValue: true })).toBe(true);
  });

  test('ranges by the hundred, hyphens and digits by the million', () => {
    const times = Array.from({ length: 20_000 }, (_, index) => String(index % 100).padStart(2, '0'));
    expect(ms(() => matches('TM', times, '0001-0002\\'.repeat(100)), false)).toBeLessThan(limitMs);
    for (const one of ['-', '1', '1-', '.', ' '])
      for (const vr of ['DA', 'TM', 'DT', 'DS', 'IS', 'FD'])
        expect(ms(() => matches(vr, ['20200101'], `${one.repeat(1_000_000)}x`), false)).toBeLessThan(limitMs);
  });
});
