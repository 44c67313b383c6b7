import {
  type ErasureCertificate,
  type ErasureStatement,
  erasureFormat,
  erasureText,
  signedErasureBytes,
  studyDigestBytes,
} from '../../../packages/contract/src/index.ts';
import { publicKeyInfo, signMessage } from '../../../packages/vault/src/index.ts';
import { nodeSignatures, publicKeyFrom } from '../node-primitives.ts';
import { base64, counting, hex, sha256 } from './fixed.ts';
import { withSpareBits } from './spare-bits.ts';

const studyInstanceUid = '1.2.826.0.1.3680043.10.1594.1';
const salt = base64(counting(0x10, 16));

const statement: ErasureStatement = {
  format: erasureFormat,
  exchange: 'https://exchange.example:8443',
  accountId: '3f0d2c58-6a51-4a6e-9d0b-1f3c5b7a9e10',
  erasureId: '9a1f4f5e-0c52-4f0e-8f4e-5f1d2b3c4d5e',
  kind: 'study',
  ground: 'asked-by-the-person',
  askedAt: '2026-11-22T10:00:00.000Z',
  outOfSightAt: '2026-11-22T10:00:01.250Z',
  keysDestroyedAt: '2026-11-22T10:00:01.500Z',
  objectsRemovedAt: '2026-11-22T10:00:02.000Z',
  keysAboveDestroyedAt: '2026-11-22T10:00:04.000Z',
  subjects: [
    {
      kind: 'study',
      id: '5b7f7f8e-3f4c-4d39-9f6e-1f2a3b4c5d6e',
      studyInstanceUid: { salt, sha256: sha256(studyDigestBytes(salt, studyInstanceUid)) },
    },
    { kind: 'patient', id: '7c8d9e0f-1a2b-4c3d-8e4f-5a6b7c8d9e0f' },
  ],
  erased: { patients: 1, studies: 1, series: 2, instances: 400, bytes: 210_763_776, packs: 4 },
  keyBackups: [{ madeAt: '2026-11-20T02:00:00.000Z', endsAt: '2026-12-20T02:00:00.000Z' }],
  final: '2026-12-20T02:00:00.000Z',
};

/** `privateKey`: of the exchange; its public half stands in the certificate. */
async function certificate(
  privateKey: Uint8Array,
  change: Partial<Record<keyof ErasureStatement, unknown>> = {},
): Promise<ErasureCertificate> {
  const signed = { ...statement, ...change } as ErasureStatement;
  const signature = await signMessage(nodeSignatures, privateKey, signedErasureBytes(signed));
  const publicKey = base64(publicKeyInfo(publicKeyFrom(privateKey)));
  return { statement: signed, publicKey, signature: base64(signature) };
}

/** docs/formats/vectors/erasure-certificate.json */
export async function certificateVectors() {
  const privateKey = counting(0x40, 32);
  const good = await certificate(privateKey);
  const other = await certificate(counting(0x41, 32));
  const text = erasureText(good);
  const spelling = [
    { name: 'no line feed at the end', certificate: text.slice(0, -1) },
    { name: 'a byte order mark', certificate: `\ufeff${text}` },
    { name: 'a space more', certificate: text.replace('": "', '":  "') },
    { name: 'a member more', certificate: text.replace('{\n "statement"', '{\n "more": 1,\n "statement"') },
    { name: 'base64 with spare bits', certificate: withSpareBits(text) },
    { name: 'not JSON', certificate: 'certificate' },
  ];
  const times: readonly (readonly [string, Partial<ErasureStatement>])[] = [
    ['out of sight before it was asked for', { outOfSightAt: '2026-11-22T09:59:59.999Z' }],
    ['keys destroyed while it was in sight', { keysDestroyedAt: statement.askedAt }],
    ['objects removed before their keys', { objectsRemovedAt: statement.outOfSightAt }],
    ['the keys above destroyed first', { keysAboveDestroyedAt: statement.outOfSightAt }],
    ['final before the keys above', { final: statement.objectsRemovedAt, keyBackups: [] }],
    ['final before the last backup of keys ends', { final: '2026-12-20T01:59:59.999Z' }],
  ];
  const contradicting = times.map(async ([name, change]) => ({
    name,
    certificate: erasureText(await certificate(privateKey, change)),
    code: 'CERTIFICATE_TIMES_WRONG',
  }));
  const refused = [
    { name: 'another signer', certificate: erasureText(other), code: 'CERTIFICATE_OTHER_SIGNER' },
    {
      name: 'a signature of another key',
      certificate: erasureText({ ...good, signature: other.signature }),
      code: 'CERTIFICATE_SIGNATURE_WRONG',
    },
    {
      name: 'a changed statement',
      certificate: text.replace('"instances": 400', '"instances": 399'),
      code: 'CERTIFICATE_SIGNATURE_WRONG',
    },
    {
      name: 'a later format',
      certificate: erasureText(await certificate(privateKey, { format: 'symbolon-erasure/2' })),
      code: 'CERTIFICATE_FORMAT_UNKNOWN',
    },
    ...spelling.map((row) => ({ ...row, code: 'CERTIFICATE_SPELLING' })),
    ...(await Promise.all(contradicting)),
  ];
  return {
    page: '../erasure-certificate.md',
    privateKey: hex(privateKey),
    publicKey: hex(publicKeyFrom(privateKey)),
    fingerprint: sha256(publicKeyInfo(publicKeyFrom(privateKey))),
    message: Buffer.from(signedErasureBytes(good.statement)).toString('utf8'),
    signature: hex(Buffer.from(good.signature, 'base64')),
    studyInstanceUid,
    certificate: text,
    refused,
  };
}
