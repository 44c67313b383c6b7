import { expect, test } from 'vitest';
import { deriveKey } from './derive-key.ts';
import { hex } from './hex.testing.ts';
import { webPrimitives } from './web-primitives.testing.ts';

const range = (from: number, to: number) => Uint8Array.from({ length: to - from + 1 }, (_, i) => from + i);
const none = new Uint8Array(0);
const key22 = new Uint8Array(22).fill(0x0b);

// RFC 5869 Appendix A, the cases of SHA-256.
const cases = [
  {
    name: 'A.1 basic',
    key: key22,
    salt: range(0x00, 0x0c),
    info: range(0xf0, 0xf9),
    okm: '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
  },
  {
    name: 'A.2 longer inputs and outputs',
    key: range(0x00, 0x4f),
    salt: range(0x60, 0xaf),
    info: range(0xb0, 0xff),
    okm:
      'b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09' +
      'da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87',
  },
  {
    name: 'A.3 no salt, no info',
    key: key22,
    salt: none,
    info: none,
    okm: '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
  },
];

test.each(cases)('RFC 5869 $name', async ({ key, salt, info, okm }) => {
  expect(hex(await deriveKey(webPrimitives, key, salt, info, okm.length / 2))).toBe(okm);
});

test.each([0, -1, 1.5, 8161])('%d bytes cannot be derived', async (bytes) => {
  const derived = deriveKey(webPrimitives, key22, none, none, bytes);
  await expect(derived).rejects.toMatchObject({ code: 'VAULT_LENGTH_WRONG' });
});
