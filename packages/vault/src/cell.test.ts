import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openCell, sealCell, unwrapKey, wrapKey } from './cell.ts';
import { context } from './context.ts';
import { webPrimitives as p } from './web-primitives.testing.ts';

const key = p.random(32);
const here = context('studies', 'description', 7);
const plain = new TextEncoder().encode('CT ABDOMEN');

test('every cell opens to what was sealed, 29 bytes longer', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 40 }), async (value, place) => {
      const sealed = await sealCell(p, key, value, place);
      expect(sealed.length).toBe(value.length + 29);
      expect(await openCell(p, key, sealed, place)).toEqual(value);
    }),
  );
});

test('a key wrapped for one place unwraps there', async () => {
  const wrapped = await wrapKey(p, key, key, here);
  expect(await unwrapKey(p, key, wrapped, here)).toEqual(key);
});

const place = ['account', 'study', 'row', 7] as const;

test.each([
  { kind: 'cell', seal: sealCell, open: openCell },
  { kind: 'wrap', seal: wrapKey, open: unwrapKey },
])(
  'a $kind put in the place of another account, study, row or version, or read under another key, is refused',
  async ({ seal, open }) => {
    const refused = { code: 'VAULT_TAG_MISMATCH' };
    const sealed = await seal(p, key, key, context(...place));
    for (const at of place.keys()) {
      const other = place.map((id, index) => (index !== at ? id : typeof id === 'number' ? id + 1 : `another ${id}`));
      await expect(open(p, key, sealed, context(...other)), String(place[at])).rejects.toMatchObject(refused);
    }
    await expect(open(p, p.random(32), sealed, context(...place))).rejects.toMatchObject(refused);
  },
);

test('a wrap does not open as a cell, nor a cell as a wrap', async () => {
  const refused = { code: 'VAULT_TAG_MISMATCH' };
  const wrapped = await wrapKey(p, key, key, here);
  await expect(openCell(p, key, wrapped, here)).rejects.toMatchObject(refused);
  await expect(unwrapKey(p, key, await sealCell(p, key, key, here), here)).rejects.toMatchObject(refused);
});

test('every flipped bit of a cell is refused', async () => {
  const sealed = await sealCell(p, key, plain, here);
  for (let bit = 0; bit < 8 * sealed.length; bit++) {
    const touched = sealed.slice();
    touched[bit >> 3]! ^= 1 << (bit & 7);
    const code = bit < 8 ? 'VAULT_VERSION_UNKNOWN' : 'VAULT_TAG_MISMATCH';
    await expect(openCell(p, key, touched, here), `bit ${bit}`).rejects.toMatchObject({ code });
  }
});

test('every cut cell is refused', async () => {
  const sealed = await sealCell(p, key, plain, here);
  for (let bytes = 0; bytes < sealed.length; bytes++) {
    const code = bytes < 29 ? 'VAULT_TRUNCATED' : 'VAULT_TAG_MISMATCH';
    await expect(openCell(p, key, sealed.subarray(0, bytes), here)).rejects.toMatchObject({ code });
  }
});

test('keys and values of a wrong length are refused', async () => {
  const refused = { code: 'VAULT_LENGTH_WRONG' };
  await expect(sealCell(p, p.random(16), plain, here)).rejects.toMatchObject(refused);
  await expect(openCell(p, p.random(31), plain, here)).rejects.toMatchObject(refused);
  await expect(sealCell(p, key, new Uint8Array(2 ** 24 + 1), here)).rejects.toMatchObject(refused);
  await expect(wrapKey(p, key, p.random(15), here)).rejects.toMatchObject(refused);
  await expect(wrapKey(p, key, p.random(65), here)).rejects.toMatchObject(refused);
});
