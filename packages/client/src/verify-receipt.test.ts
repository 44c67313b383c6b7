import { createHash } from 'node:crypto';
import {
  canonicalJson,
  contentsBytes,
  type Receipt,
  type ReceiptContents,
  receiptText,
  signedBytes,
} from '@symbolon/contract';
import { beforeAll, describe, expect, test } from 'vitest';
import type { NewHasher } from './digest.ts';
import { publicKeyPem, readFingerprint, readPublicKey, toBase64 } from './receipt-key.ts';
import { verifyFiles } from './verify-files.ts';
import { verifyReceipt } from './verify-receipt.ts';

const newHasher: NewHasher = () => {
  const hash = createHash('sha256');
  return { update: (bytes) => void hash.update(bytes), hex: () => hash.digest('hex') };
};
const sha = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');
const encode = (text: string) => new TextEncoder().encode(text);

type Signer = { readonly keys: CryptoKeyPair; readonly spki: Uint8Array };

async function newSigner(): Promise<Signer> {
  const keys = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair;
  return { keys, spki: new Uint8Array(await crypto.subtle.exportKey('spki', keys.publicKey)) };
}

const a = encode('first file');
const b = encode('second file');
const contents: ReceiptContents = {
  taken: [
    { path: 'a.dcm', sha256: sha(a), bytes: a.length, outcome: 'taken' },
    { path: 'naïve/b\u0000.dcm', sha256: sha(b), bytes: b.length, outcome: 'already held', held: sha('other') },
  ],
  refused: [{ path: 'notes.txt', code: 'NOT_DICOM', reason: 'it is not a DICOM file' }],
};

async function receiptBy(
  signer: Signer,
  change: Partial<Receipt['statement']> = {},
  list = contents,
): Promise<Receipt> {
  const statement: Receipt['statement'] = {
    format: 'symbolon-receipt/1',
    exchange: 'https://exchange.example.org',
    accountId: '6f1f3c1e-9a53-4b7e-8a52-3a1d6a0f9b11',
    issuedAt: '2026-01-02T03:04:05.000Z',
    instances: [
      { sha256: sha(a), bytes: a.length },
      { sha256: sha('other'), bytes: 5 },
    ],
    contents: sha(contentsBytes(list)),
    ...change,
  };
  const signature = await crypto.subtle.sign('Ed25519', signer.keys.privateKey, signedBytes(statement));
  return {
    statement,
    contents: list,
    publicKey: toBase64(signer.spki),
    signature: toBase64(new Uint8Array(signature)),
  };
}

const verify = (value: Receipt | Uint8Array, signer: Signer) =>
  verifyReceipt(value instanceof Uint8Array ? value : encode(receiptText(value)), { spki: signer.spki }, newHasher);

describe('receipt verify', () => {
  let signer: Signer;
  beforeAll(async () => {
    signer = await newSigner();
  });

  test('a genuine receipt verifies by key, by PEM and by fingerprint', async () => {
    const value = await receiptBy(signer);
    const file = encode(receiptText(value));
    expect(await verifyReceipt(file, { spki: signer.spki }, newHasher)).toEqual(value);
    expect(await verifyReceipt(file, readPublicKey(publicKeyPem(signer.spki)), newHasher)).toEqual(value);
    const colons = sha(signer.spki)
      .toUpperCase()
      .replace(/(..)(?=.)/g, '$1:');
    expect(await verifyReceipt(file, readFingerprint(colons), newHasher)).toEqual(value);
  });

  test('one altered byte at any position is refused, whatever it becomes', async () => {
    const file = encode(receiptText(await receiptBy(signer)));
    const trusted = [{ spki: signer.spki }, { fingerprint: sha(signer.spki) }];
    const accepted: string[] = [];
    for (let at = 0; at < file.length; at += 1) {
      for (const flip of [0x01, 0x02, 0x04, 0x10, 0x20, 0x80]) {
        const altered = file.slice();
        altered[at] = (altered[at] as number) ^ flip;
        for (const key of trusted) {
          await verifyReceipt(altered, key, newHasher).then(
            () => accepted.push(`${at} ^ ${flip}`),
            (error: { name: string }) => expect(error.name).toBe('ReceiptError'),
          );
        }
      }
    }
    expect(accepted).toEqual([]);
  });

  test('a byte more, a byte less, a byte order mark: refused', async () => {
    const file = encode(receiptText(await receiptBy(signer)));
    for (const other of [
      file.slice(0, -1),
      new Uint8Array([...file, 10]),
      new Uint8Array([0xef, 0xbb, 0xbf, ...file]),
    ]) {
      await expect(verify(other, signer)).rejects.toMatchObject({ code: 'RECEIPT_SPELLING' });
    }
  });

  test('the spare bits at the end of base64 are not free', async () => {
    const value = await receiptBy(signer);
    const last = value.signature.at(-3) as string;
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
    const signature = `${value.signature.slice(0, -3)}${alphabet[alphabet.indexOf(last) ^ 1]}==`;
    await expect(verify({ ...value, signature }, signer)).rejects.toMatchObject({ code: 'RECEIPT_SPELLING' });
  });

  test('another signer is refused, also when the receipt names itself its own key', async () => {
    const other = await newSigner();
    await expect(verify(await receiptBy(other), signer)).rejects.toMatchObject({ code: 'RECEIPT_OTHER_SIGNER' });
    const fingerprint = readFingerprint(sha(signer.spki));
    const file = encode(receiptText(await receiptBy(other)));
    await expect(verifyReceipt(file, fingerprint, newHasher)).rejects.toMatchObject({ code: 'RECEIPT_OTHER_SIGNER' });
  });

  test('another signature under the right key is refused', async () => {
    const other = await receiptBy(await newSigner());
    const value = { ...(await receiptBy(signer)), signature: other.signature };
    await expect(verify(value, signer)).rejects.toMatchObject({ code: 'RECEIPT_SIGNATURE_WRONG' });
  });

  test('a list of files other than the one that was signed is refused', async () => {
    const value = await receiptBy(signer);
    const changed = { ...value, contents: { ...contents, refused: [] } };
    await expect(verify(changed, signer)).rejects.toMatchObject({ code: 'RECEIPT_CONTENTS_CHANGED' });
  });

  test('a file for which the exchange did not sign, or not with that length, is refused', async () => {
    const without = await receiptBy(signer, { instances: [{ sha256: sha(a), bytes: a.length }] });
    await expect(verify(without, signer)).rejects.toMatchObject({ code: 'RECEIPT_NOT_COVERED' });
    const shorter = await receiptBy(signer, {
      instances: [
        { sha256: sha(a), bytes: 1 },
        { sha256: sha('other'), bytes: 5 },
      ],
    });
    await expect(verify(shorter, signer)).rejects.toMatchObject({ code: 'RECEIPT_NOT_COVERED' });
  });

  test('an unknown format version is refused by name', async () => {
    const value = await receiptBy(signer, { format: 'symbolon-receipt/2' as 'symbolon-receipt/1' });
    await expect(verify(value, signer)).rejects.toMatchObject({ code: 'RECEIPT_FORMAT_UNKNOWN' });
  });

  test('a statement signed for another purpose is not a receipt', async () => {
    const value = await receiptBy(signer);
    const bare = await crypto.subtle.sign(
      'Ed25519',
      signer.keys.privateKey,
      encode(canonicalJson(value.statement as never)),
    );
    const signature = toBase64(new Uint8Array(bare));
    await expect(verify({ ...value, signature }, signer)).rejects.toMatchObject({ code: 'RECEIPT_SIGNATURE_WRONG' });
  });

  test('a key that is no Ed25519 key is refused before anything is read', () => {
    expect(() => readPublicKey('-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----')).toThrow(/Ed25519/);
    expect(() => readFingerprint('abc')).toThrow(/64/);
  });
});

describe('the files of a receipt', () => {
  async function check(files: Record<string, Uint8Array>): Promise<string[]> {
    const value = await receiptBy(await newSigner());
    const found: string[] = [];
    const open = async (path: string) => {
      const bytes = files[path];
      return bytes === undefined
        ? undefined
        : (async function* () {
            yield bytes;
          })();
    };
    for await (const { path, error } of verifyFiles(value, open, newHasher)) found.push(`${error.code} ${path}`);
    return found;
  }
  const good = { 'a.dcm': a, 'naïve/b\u0000.dcm': b };

  test('all there: nothing to say', async () => {
    expect(await check(good)).toEqual([]);
  });
  test('a missing one is named', async () => {
    expect(await check({ 'naïve/b\u0000.dcm': b })).toEqual(['RECEIPT_FILE_MISSING a.dcm']);
  });
  test('a changed one is named, whether longer, shorter or the same length', async () => {
    for (const bytes of [encode('first filE'), encode('first fil'), encode('first file ')]) {
      expect(await check({ ...good, 'a.dcm': bytes })).toEqual(['RECEIPT_FILE_CHANGED a.dcm']);
    }
  });
});
