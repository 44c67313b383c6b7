import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hex } from './hex.testing.ts';
import { publicKeyInfo, publicKeyOfInfo, signMessage, verifySignature } from './signature.ts';
import { webPrimitives as p } from './web-primitives.testing.ts';

const bytes = (text: string) => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

// RFC 8032 §7.1.
const cases = [
  {
    name: 'TEST 1',
    privateKey: '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    publicKey: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    message: '',
    signature:
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155' +
      '5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  },
  {
    name: 'TEST 2',
    privateKey: '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    publicKey: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    message: '72',
    signature:
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
      '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  },
  {
    name: 'TEST 3',
    privateKey: 'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    publicKey: 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    message: 'af82',
    signature:
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac' +
      '18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  },
];
const [, , third] = cases;
const signed = {
  publicKey: bytes(third!.publicKey),
  message: bytes(third!.message),
  signature: bytes(third!.signature),
};

describe('Ed25519', () => {
  test.each(cases)('RFC 8032 $name is signed and verified', async ({ privateKey, publicKey, message, signature }) => {
    expect(hex(await signMessage(p, bytes(privateKey), bytes(message)))).toBe(signature);
    await verifySignature(p, bytes(publicKey), bytes(message), bytes(signature));
  });

  test.each(['publicKey', 'message', 'signature'] as const)('any flipped bit of the %s is refused', async (part) => {
    for (let bit = 0; bit < 8 * signed[part].length; bit++) {
      const touched = { ...signed, [part]: signed[part].slice() };
      touched[part][bit >> 3]! ^= 1 << (bit & 7);
      const verified = verifySignature(p, touched.publicKey, touched.message, touched.signature);
      await expect(verified, `bit ${bit}`).rejects.toMatchObject({ code: 'VAULT_SIGNATURE_WRONG' });
    }
  });

  test('a signature of another length is refused', async () => {
    for (const length of [0, 63, 65]) {
      const signature = new Uint8Array(length);
      signature.set(signed.signature.subarray(0, length));
      await expect(verifySignature(p, signed.publicKey, signed.message, signature)).rejects.toMatchObject({
        code: 'VAULT_SIGNATURE_WRONG',
      });
    }
  });

  test('keys of another length are refused', async () => {
    const refused = { code: 'VAULT_LENGTH_WRONG' };
    await expect(signMessage(p, new Uint8Array(31), signed.message)).rejects.toMatchObject(refused);
    const short = signed.publicKey.subarray(1);
    await expect(verifySignature(p, short, signed.message, signed.signature)).rejects.toMatchObject(refused);
  });

  test('a public key goes through SubjectPublicKeyInfo and back; the key of another algorithm does not', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (key) => {
        expect(publicKeyOfInfo(publicKeyInfo(key))).toEqual(key);
      }),
    );
    const x25519 = publicKeyInfo(signed.publicKey);
    x25519[8] = 0x6e;
    expect(() => publicKeyOfInfo(x25519)).toThrow(expect.objectContaining({ code: 'VAULT_HEADER_WRONG' }));
    expect(() => publicKeyOfInfo(signed.publicKey)).toThrow(expect.objectContaining({ code: 'VAULT_LENGTH_WRONG' }));
  });
});
