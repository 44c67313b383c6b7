import fc from 'fast-check';
import { expect, test } from 'vitest';
import { joined, utf8 } from './bytes.ts';
import { context } from './context.ts';
import { hex } from './hex.testing.ts';
import { keyedDigest, verifyKeyedDigest } from './keyed-digest.ts';
import { webPrimitives as p } from './web-primitives.testing.ts';

const key = p.random(32);
const here = context('pack', 'image', 1);

test('the digest is HMAC-SHA-512 over label, version, context and bytes, wherever the bytes were cut', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 5 }), async (pieces) => {
      const length = Uint8Array.of(0, 0, 0, here.length);
      const said = joined(utf8('symbolon digest'), Uint8Array.of(1), length, here, ...pieces);
      const digest = await keyedDigest(p, key, here, pieces);
      expect(hex(digest)).toBe(hex(await p.mac('sha512', key, said)));
      await verifyKeyedDigest(p, key, here, [joined(...pieces)], digest);
    }),
  );
});

test('any flipped bit, another place and another key are refused', async () => {
  const bytes = p.random(20);
  const digest = await keyedDigest(p, key, here, [bytes]);
  const refused = { code: 'VAULT_TAG_MISMATCH' };
  for (let bit = 0; bit < 8 * bytes.length; bit++) {
    const touched = bytes.slice();
    touched[bit >> 3]! ^= 1 << (bit & 7);
    await expect(verifyKeyedDigest(p, key, here, [touched], digest)).rejects.toMatchObject(refused);
  }
  for (let bit = 0; bit < 8 * digest.length; bit++) {
    const touched = digest.slice();
    touched[bit >> 3]! ^= 1 << (bit & 7);
    await expect(verifyKeyedDigest(p, key, here, [bytes], touched)).rejects.toMatchObject(refused);
  }
  const elsewhere = context('pack', 'image', 2);
  await expect(verifyKeyedDigest(p, key, elsewhere, [bytes], digest)).rejects.toMatchObject(refused);
  await expect(verifyKeyedDigest(p, p.random(32), here, [bytes], digest)).rejects.toMatchObject(refused);
  await expect(verifyKeyedDigest(p, key, here, [bytes], digest.subarray(0, 32))).rejects.toMatchObject(refused);
});

test('bytes do not move between the context and what is digested', async () => {
  const [whole, shorter] = [Uint8Array.of(1, 2, 3), Uint8Array.of(1, 2)];
  const one = await keyedDigest(p, key, whole, [Uint8Array.of(4)]);
  const other = await keyedDigest(p, key, shorter, [Uint8Array.of(3, 4)]);
  expect(hex(one)).not.toBe(hex(other));
});

test('a key of another length is refused', async () => {
  await expect(keyedDigest(p, p.random(64), here, [])).rejects.toMatchObject({ code: 'VAULT_LENGTH_WRONG' });
});
