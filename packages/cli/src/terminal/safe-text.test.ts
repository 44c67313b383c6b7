import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { safeText } from './safe-text.ts';

describe('text from outside on a terminal', () => {
  test.each([
    ['clears the screen', '\u001b[2Jx', '\\u{1b}[2Jx'],
    ['goes to the line start', 'a\rb', 'a\\u{d}b'],
    ['is a one-byte escape', '\u009b2J', '\\u{9b}2J'],
    ['turns the reading direction', 'cod.\u202exe', 'cod.\\u{202e}xe'],
    ['isolates', '\u2066a\u2069', '\\u{2066}a\\u{2069}'],
    ['is half a character', 'a\ud800b', 'a\\u{d800}b'],
    ['hides in tags', 'a\u{e0041}b', 'a\\u{e0041}b'],
  ])('what %s is spelt out', (_, text, shown) => {
    expect(safeText(text)).toBe(shown);
  });

  test('ordinary names are left alone', () => {
    for (const name of ['IM 0001.dcm', 'Müller', '山田^太郎', 'عربى', '🩻']) expect(safeText(name)).toBe(name);
  });

  test('nothing that a terminal obeys is left (property)', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(safeText(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      }),
    );
  });
});
