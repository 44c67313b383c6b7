import { expect, test } from 'vitest';
import { base32, codeAt, stepOfCode } from './totp.ts';

const secret = Buffer.from('12345678901234567890');

// RFC 6238 appendix B has eight digits; ours are the last six of them.
test.each([
  [59, '94287082'],
  [1_111_111_109, '07081804'],
  [1_111_111_111, '14050471'],
  [1_234_567_890, '89005924'],
  [2_000_000_000, '69279037'],
  [20_000_000_000, '65353130'],
])('RFC 6238 appendix B, %s s: %s', (seconds, eight) =>
  expect(codeAt(secret, Math.floor(seconds / 30))).toBe(eight.slice(2)),
);

test.each(['755224', '287082', '359152', '969429', '338314', '254676', '287922', '162583', '399871', '520489'])(
  'RFC 4226 appendix D: %s',
  (code) => expect(Array.from({ length: 10 }, (_, step) => codeAt(secret, step))).toContain(code),
);

test('a code counts in its own step, the one before and the one after, and in no other', () => {
  const step = 41_152_263;
  const code = codeAt(secret, step);
  const at = (other: number, ms: number) => stepOfCode(secret, code, new Date(other * 30_000 + ms));
  expect([at(step - 1, 0), at(step, 0), at(step, 29_999), at(step + 1, 29_999)]).toEqual([step, step, step, step]);
  expect([at(step - 2, 29_999), at(step + 2, 0)]).toEqual([undefined, undefined]);
});

test.each(['', '12345', '1234567', 'äöüß€', '94287082'])('%s is no code', (text) =>
  expect(stepOfCode(secret, text, new Date(59_000))).toBeUndefined(),
);

// RFC 4648 §10, without the padding.
test.each([
  ['', ''],
  ['f', 'MY'],
  ['fo', 'MZXQ'],
  ['foo', 'MZXW6'],
  ['foob', 'MZXW6YQ'],
  ['fooba', 'MZXW6YTB'],
  ['foobar', 'MZXW6YTBOI'],
])('base32 of %s is %s', (text, expected) => expect(base32(Buffer.from(text))).toBe(expected));
