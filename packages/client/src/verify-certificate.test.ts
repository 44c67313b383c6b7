import { createHash } from 'node:crypto';
import {
  canonicalJson,
  type ErasureCertificate,
  type ErasureStatement,
  erasureText,
  signedErasureBytes,
  studyDigestBytes,
} from '@symbolon/contract';
import { beforeAll, describe, expect, test } from 'vitest';
import type { NewHasher } from './digest.ts';
import { publicKeyPem, readFingerprint, readPublicKey, toBase64 } from './receipt-key.ts';
import { certifiesStudy, verifyCertificate } from './verify-certificate.ts';

const newHasher: NewHasher = () => {
  const hash = createHash('sha256');
  return { update: (bytes) => void hash.update(bytes), hex: () => hash.digest('hex') };
};
const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const encode = (text: string) => new TextEncoder().encode(text);

type Signer = { readonly keys: CryptoKeyPair; readonly spki: Uint8Array };

async function newSigner(): Promise<Signer> {
  const keys = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair;
  return { keys, spki: new Uint8Array(await crypto.subtle.exportKey('spki', keys.publicKey)) };
}

const uid = '1.2.840.99999.1';
const salt = toBase64(new Uint8Array(16).fill(7));
const at = (minute: number): string => `2026-11-22T10:${String(minute).padStart(2, '0')}:00.000Z`;

const plain: ErasureStatement = {
  format: 'symbolon-erasure/1',
  exchange: 'https://exchange.example.org',
  accountId: '6f1f3c1e-9a53-4b7e-8a52-3a1d6a0f9b11',
  erasureId: '1f1f3c1e-9a53-4b7e-8a52-3a1d6a0f9b11',
  kind: 'study',
  ground: 'retention-ended',
  askedAt: at(1),
  outOfSightAt: at(2),
  keysDestroyedAt: at(3),
  objectsRemovedAt: at(4),
  keysAboveDestroyedAt: at(5),
  subjects: [
    {
      kind: 'study',
      id: '2f1f3c1e-9a53-4b7e-8a52-3a1d6a0f9b11',
      studyInstanceUid: { salt, sha256: sha(studyDigestBytes(salt, uid)) },
    },
    { kind: 'patient', id: '3f1f3c1e-9a53-4b7e-8a52-3a1d6a0f9b11' },
  ],
  erased: { patients: 1, studies: 1, series: 2, instances: 40, bytes: 21_000_000, packs: 2 },
  keyBackups: [{ madeAt: '2026-11-20T10:00:00.000Z', endsAt: '2026-12-20T10:00:00.000Z' }],
  final: '2026-12-20T10:00:00.000Z',
};

async function certificateBy(signer: Signer, change: Partial<ErasureStatement> = {}): Promise<ErasureCertificate> {
  const statement = { ...plain, ...change };
  const signature = await crypto.subtle.sign('Ed25519', signer.keys.privateKey, signedErasureBytes(statement));
  return { statement, publicKey: toBase64(signer.spki), signature: toBase64(new Uint8Array(signature)) };
}

const verify = (value: ErasureCertificate | Uint8Array, signer: Signer) =>
  verifyCertificate(value instanceof Uint8Array ? value : encode(erasureText(value)), { spki: signer.spki }, newHasher);

describe('a certificate of an erasure', () => {
  let signer: Signer;
  beforeAll(async () => {
    signer = await newSigner();
  });

  test('a genuine one verifies by key, by PEM and by fingerprint, and says which study it is about', async () => {
    const file = encode(erasureText(await certificateBy(signer)));
    const keys = [{ spki: signer.spki }, readPublicKey(publicKeyPem(signer.spki)), readFingerprint(sha(signer.spki))];
    for (const key of keys) expect(await verifyCertificate(file, key, newHasher)).toEqual(plain);
    expect(certifiesStudy(plain, uid, newHasher)).toBe(true);
    expect(certifiesStudy(plain, `${uid}1`, newHasher)).toBe(false);
  });

  test('one altered byte at any position is refused, whatever it becomes', async () => {
    const file = encode(erasureText(await certificateBy(signer)));
    const accepted: string[] = [];
    for (let place = 0; place < file.length; place += 1) {
      for (const flip of [0x01, 0x20, 0x80]) {
        const altered = file.slice();
        altered[place] = (altered[place] as number) ^ flip;
        await verify(altered, signer).then(
          () => accepted.push(`${place} ^ ${flip}`),
          (error: { name: string }) => expect(error.name).toBe('CertificateError'),
        );
      }
    }
    expect(accepted).toEqual([]);
  });

  test('another spelling of the same is refused', async () => {
    const value = await certificateBy(signer);
    const text = erasureText(value);
    const { format, exchange, ...rest } = value.statement;
    const others = [
      text.slice(0, -1),
      `${text}\n`,
      `\ufeff${text}`,
      JSON.stringify(value),
      erasureText({ ...value, statement: { exchange, format, ...rest } }),
    ];
    for (const other of others)
      await expect(verify(encode(other), signer)).rejects.toMatchObject({ code: 'CERTIFICATE_SPELLING' });
  });

  test('another signer, another signature and a signature for another purpose are refused', async () => {
    const other = await newSigner();
    await expect(verify(await certificateBy(other), signer)).rejects.toMatchObject({
      code: 'CERTIFICATE_OTHER_SIGNER',
    });
    const value = await certificateBy(signer);
    const { signature } = await certificateBy(other);
    await expect(verify({ ...value, signature }, signer)).rejects.toMatchObject({
      code: 'CERTIFICATE_SIGNATURE_WRONG',
    });
    const bare = await crypto.subtle.sign('Ed25519', signer.keys.privateKey, encode(canonicalJson(plain as never)));
    await expect(verify({ ...value, signature: toBase64(new Uint8Array(bare)) }, signer)).rejects.toMatchObject({
      code: 'CERTIFICATE_SIGNATURE_WRONG',
    });
  });

  test('a later format is refused by name', async () => {
    const value = await certificateBy(signer, { format: 'symbolon-erasure/2' as 'symbolon-erasure/1' });
    await expect(verify(value, signer)).rejects.toMatchObject({ code: 'CERTIFICATE_FORMAT_UNKNOWN' });
  });

  const backup = plain.keyBackups[0] as ErasureStatement['keyBackups'][number];
  const contradictions: readonly [string, Partial<ErasureStatement>][] = [
    ['out of sight before it was asked', { outOfSightAt: at(0) }],
    ['keys destroyed while it was in sight', { keysDestroyedAt: at(1) }],
    ['objects removed before their keys', { objectsRemovedAt: at(2) }],
    ['the keys above destroyed before those below', { keysAboveDestroyedAt: at(2) }],
    ['final before the keys above were destroyed', { keyBackups: [], final: at(4) }],
    ['final before a backup of the keys ends', { final: '2026-12-20T09:59:59.999Z' }],
    ['a backup that ends before it was made', { keyBackups: [{ ...backup, endsAt: '2026-11-19T10:00:00.000Z' }] }],
  ];
  test.each(contradictions)('times that cannot be: %s', async (_, change) => {
    await expect(verify(await certificateBy(signer, change), signer)).rejects.toMatchObject({
      code: 'CERTIFICATE_TIMES_WRONG',
    });
  });

  test('all at one moment, and no backup of keys, is in order', async () => {
    const moment = at(1);
    const steps = { outOfSightAt: moment, keysDestroyedAt: moment, objectsRemovedAt: moment };
    await verify(
      await certificateBy(signer, { ...steps, keysAboveDestroyedAt: moment, keyBackups: [], final: moment }),
      signer,
    );
  });
});
