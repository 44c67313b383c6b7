import { createHash } from 'node:crypto';
import { type ReceiptContents, type ReceiptStatement, receiptFormat, signedBytes } from '@symbolon/contract';
import { expect, test, vi } from 'vitest';
import { digestOf, type NewHasher } from './digest.ts';
import { toBase64 } from './receipt-key.ts';
import { askReceipt, canVerifyReceipts, requestReceipt } from './receipts.ts';
import type { Transport } from './transport.ts';

const newHasher: NewHasher = () => {
  const hash = createHash('sha256');
  return { update: (bytes) => void hash.update(bytes), hex: () => hash.digest('hex') };
};
const sha256 = digestOf(newHasher, new TextEncoder().encode('one file'));
const contents: ReceiptContents = { taken: [{ path: 'CD/1', sha256, bytes: 8, outcome: 'taken' }], refused: [] };

/** Signs what it is asked to, or, when `lying`, something else. */
async function signingExchange(lying = false) {
  const keys = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair;
  const spki = new Uint8Array(await crypto.subtle.exportKey('spki', keys.publicKey));
  const transport: Transport = async (_, { body }) => {
    const asked = JSON.parse(new TextDecoder().decode(body?.[0] as Uint8Array)) as { contents: string };
    const statement: ReceiptStatement = {
      format: receiptFormat,
      exchange: 'https://exchange.example.org',
      accountId: '11111111-1111-4111-8111-111111111111',
      issuedAt: '2026-01-02T03:04:05.000Z',
      instances: [{ sha256, bytes: 8 }],
      contents: asked.contents,
    };
    const signed = signedBytes(lying ? { ...statement, exchange: 'https://other.example.org' } : statement);
    const signature = toBase64(new Uint8Array(await crypto.subtle.sign('Ed25519', keys.privateKey, signed)));
    const answer = JSON.stringify({ statement, publicKey: toBase64(spki), signature });
    const chunks = (async function* () {
      yield new TextEncoder().encode(answer);
    })();
    return { status: 200, headers: { get: () => 'application/json' }, body: chunks };
  };
  return { url: '', transport };
}

test('a receipt that verifies is given, and one that does not is not', async () => {
  expect((await askReceipt(await signingExchange(), contents, newHasher)).contents).toEqual(contents);
  await expect(askReceipt(await signingExchange(true), contents, newHasher)).rejects.toMatchObject({
    code: 'EXCHANGE_ANSWER_STRANGE',
  });
});

test('a receipt has its one spelling, in whatever order the sender wrote its part', async () => {
  const refused = [{ reason: 'cut short', code: 'DICOM_TRUNCATED', sha256, path: 'CD/2' }];
  const receipt = await askReceipt(await signingExchange(), { refused, taken: contents.taken }, newHasher);
  expect(receipt.contents.refused).toEqual(refused);
});

test('where it cannot be verified, it can be had all the same, under a name that says so', async () => {
  expect((await requestReceipt(await signingExchange(true), contents, newHasher)).contents).toEqual(contents);
});

test('whether signatures can be verified here is found out without one', async () => {
  expect(await canVerifyReceipts()).toBe(true);
  const old = vi.spyOn(crypto.subtle, 'importKey').mockRejectedValue(new DOMException('', 'NotSupportedError'));
  expect(await canVerifyReceipts()).toBe(false);
  old.mockRestore();
});
