import {
  contentsBytes,
  type Receipt,
  type ReceiptContents,
  receiptFormat,
  receiptText,
  signedBytes,
} from '../../../packages/contract/src/index.ts';
import { publicKeyInfo, signMessage } from '../../../packages/vault/src/index.ts';
import { nodeSignatures, publicKeyFrom } from '../node-primitives.ts';
import { base64, counting, hex, sha256 } from './fixed.ts';
import { withSpareBits } from './spare-bits.ts';

const one = { sha256: sha256(Buffer.from('one')), bytes: 3 };
const two = { sha256: sha256(Buffer.from('two')), bytes: 3 };
const stays = { sha256: sha256(Buffer.from('stays')), bytes: 5 };
const contents: ReceiptContents = {
  taken: [
    { path: 'IM0001', ...one, outcome: 'taken' },
    { path: 'Jérôme "山田"/IM\\xFF', ...two, outcome: 'already held', held: stays.sha256 },
  ],
  refused: [
    { path: 'notes.txt', sha256: sha256(Buffer.from('notes')), code: 'DICOM_PREAMBLE_MISSING', reason: 'no DICOM' },
  ],
};

/** `privateKey`: of the exchange; its public half stands in the receipt. */
async function receipt(
  privateKey: Uint8Array,
  signed: ReceiptContents = contents,
  instances = [one, stays],
  format: string = receiptFormat,
): Promise<Receipt> {
  const statement = {
    format: format as typeof receiptFormat,
    exchange: 'https://exchange.example:8443',
    accountId: '3f0d2c58-6a51-4a6e-9d0b-1f3c5b7a9e10',
    issuedAt: '2026-11-22T10:00:00.000Z',
    instances,
    contents: sha256(contentsBytes(signed)),
  };
  const signature = await signMessage(nodeSignatures, privateKey, signedBytes(statement));
  const publicKey = base64(publicKeyInfo(publicKeyFrom(privateKey)));
  return { statement, contents: signed, publicKey, signature: base64(signature) };
}

/** docs/formats/vectors/receipt.json */
export async function receiptVectors() {
  const privateKey = counting(0x40, 32);
  const good = await receipt(privateKey);
  const other = await receipt(counting(0x41, 32));
  const taken = (path: string) => ({ ...contents, taken: [{ ...contents.taken[0]!, path }] });
  const text = receiptText(good);
  const refused = [
    { name: 'another signer', receipt: receiptText(other), code: 'RECEIPT_OTHER_SIGNER' },
    {
      name: 'a signature of another key',
      receipt: receiptText({ ...good, signature: other.signature }),
      code: 'RECEIPT_SIGNATURE_WRONG',
    },
    {
      name: 'a changed statement',
      receipt: text.replace('exchange.example', 'exchange.exemple'),
      code: 'RECEIPT_SIGNATURE_WRONG',
    },
    {
      name: 'a changed name',
      receipt: receiptText({ ...good, contents: taken('IM0002') }),
      code: 'RECEIPT_CONTENTS_CHANGED',
    },
    {
      name: 'a file that was not signed for',
      receipt: receiptText(await receipt(privateKey, contents, [one])),
      code: 'RECEIPT_NOT_COVERED',
    },
    {
      name: 'another length',
      receipt: receiptText(await receipt(privateKey, contents, [{ ...one, bytes: 4 }, stays])),
      code: 'RECEIPT_NOT_COVERED',
    },
    {
      name: 'a later format',
      receipt: receiptText(await receipt(privateKey, contents, [one, stays], 'symbolon-receipt/2')),
      code: 'RECEIPT_FORMAT_UNKNOWN',
    },
    { name: 'no line feed at the end', receipt: text.slice(0, -1), code: 'RECEIPT_SPELLING' },
    { name: 'a byte order mark', receipt: `\ufeff${text}`, code: 'RECEIPT_SPELLING' },
    { name: 'a space more', receipt: text.replace('": "', '":  "'), code: 'RECEIPT_SPELLING' },
    {
      name: 'a member more',
      receipt: text.replace('{\n "statement"', '{\n "more": 1,\n "statement"'),
      code: 'RECEIPT_SPELLING',
    },
    {
      name: 'base64 with spare bits',
      receipt: withSpareBits(text),
      code: 'RECEIPT_SPELLING',
    },
    { name: 'not JSON', receipt: 'receipt', code: 'RECEIPT_SPELLING' },
  ];
  return {
    page: '../receipt.md',
    privateKey: hex(privateKey),
    publicKey: hex(publicKeyFrom(privateKey)),
    fingerprint: sha256(publicKeyInfo(publicKeyFrom(privateKey))),
    message: Buffer.from(signedBytes(good.statement)).toString('utf8'),
    signature: hex(Buffer.from(good.signature, 'base64')),
    receipt: text,
    refused,
  };
}
