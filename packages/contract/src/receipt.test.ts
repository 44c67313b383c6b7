import { describe, expect, test } from 'vitest';
import { contentsBytes, type Receipt, receipt, receiptText, signedBytes } from './receipt.ts';

const digest = '0123456789abcdef'.repeat(4);
const example: Receipt = {
  statement: {
    format: 'symbolon-receipt/1',
    exchange: 'https://localhost:8443',
    accountId: '7d9a3c1e-58a4-4f6e-9a5e-0b2f3c4d5e6f',
    issuedAt: '2026-01-02T03:04:05.678Z',
    instances: [{ sha256: digest, bytes: 526_336 }],
    contents: digest,
  },
  contents: {
    taken: [{ path: 'CT/Müller 1.dcm', sha256: digest, bytes: 526_336, outcome: 'already held', held: digest }],
    refused: [{ path: 'note.txt', code: 'DICOM_UNREADABLE', reason: 'not DICOM' }],
  },
  publicKey: 'AAEC',
  signature: 'AwQF',
};

describe('a receipt', () => {
  test('is signed over its format on a line of its own and the statement in canonical JSON', () => {
    expect(new TextDecoder().decode(signedBytes(example.statement))).toBe(
      `symbolon-receipt/1\n{"accountId":"7d9a3c1e-58a4-4f6e-9a5e-0b2f3c4d5e6f","contents":"${digest}","exchange":"https://localhost:8443","format":"symbolon-receipt/1","instances":[{"bytes":526336,"sha256":"${digest}"}],"issuedAt":"2026-01-02T03:04:05.678Z"}`,
    );
  });

  test('binds the names of the files by canonical JSON as well', () => {
    expect(new TextDecoder().decode(contentsBytes(example.contents))).toBe(
      `{"refused":[{"code":"DICOM_UNREADABLE","path":"note.txt","reason":"not DICOM"}],"taken":[{"bytes":526336,"held":"${digest}","outcome":"already held","path":"CT/Müller 1.dcm","sha256":"${digest}"}]}`,
    );
  });

  test('has one spelling: written, read and written again it is the same file', () => {
    const text = receiptText(example);
    expect(text.endsWith('}\n')).toBe(true);
    expect(receiptText(receipt.parse(JSON.parse(text)))).toBe(text);
  });

  test.each([
    ['a member nobody knows', { ...example, note: 'x' }],
    ['a statement with a member nobody knows', { ...example, statement: { ...example.statement, note: 'x' } }],
    ['another format', { ...example, statement: { ...example.statement, format: 'symbolon-receipt/2' } }],
    ['a digest in capitals', { ...example, statement: { ...example.statement, contents: digest.toUpperCase() } }],
    ['a date without its time', { ...example, statement: { ...example.statement, issuedAt: '2026-01-02' } }],
    ['half a byte', { ...example, statement: { ...example.statement, instances: [{ sha256: digest, bytes: 1.5 }] } }],
  ])('with %s is refused', (_, strange) => {
    expect(receipt.safeParse(strange).success).toBe(false);
  });
});
