import { expect, test } from 'vitest';
import { decodeEach, pairs } from './code-sets.ts';

/** All codes are decoded in one call: one that swallowed the line feed behind it would shift every other. */
test.each([
  ['euc-jp', []],
  ['euc-jp', [0x8f]],
  ['euc-kr', []],
  ['gb18030', []],
  ['shift_jis', []],
])('%s %j: many codes at once mean what each means alone', (label, before) => {
  const codes = pairs([[0x81, 0xfe]], [[0x40, 0xff]], before);
  const together = new Map<number, number>();
  decodeEach(label, codes, (at, unit) => together.set(at, unit));
  const decoder = new TextDecoder(label);
  const alone = new Map<number, number>();
  for (const [at, code] of codes.entries()) {
    const text = decoder.decode(Uint8Array.from(code));
    if (text.length === 1 && !/[\ue000-\uf8ff\ufffd]/.test(text)) alone.set(at, text.charCodeAt(0));
  }
  expect(alone.size).toBeGreaterThan(5000);
  expect(together).toEqual(alone);
});
