import {
  erasureCertificate as certificateSchema,
  type ErasureCertificate,
  type ErasureStatement,
  erasureFormat,
  erasureText,
  signedErasureBytes,
  studyDigestBytes,
} from '@symbolon/contract';
import { CertificateError } from './certificate-error.ts';
import { digestOf, type NewHasher } from './digest.ts';
import { parseJson } from './exchange.ts';
import { equal, exactBase64, isSigned, isTrusted, type TrustedKey } from './receipt-key.ts';

type Strict = {
  readonly value: ErasureCertificate;
  readonly spki: Uint8Array<ArrayBuffer>;
  readonly signature: Uint8Array<ArrayBuffer>;
};

function read(file: Uint8Array): Strict {
  const json = parseJson(new TextDecoder().decode(file));
  const format = (json as { statement?: { format?: unknown } } | null | undefined)?.statement?.format;
  if (typeof format === 'string' && format !== erasureFormat) {
    throw new CertificateError(
      'CERTIFICATE_FORMAT_UNKNOWN',
      'the certificate is of a format that this version does not know',
    );
  }
  const parsed = certificateSchema.safeParse(json);
  if (parsed.success && equal(new TextEncoder().encode(erasureText(parsed.data)), file)) {
    const spki = exactBase64(parsed.data.publicKey);
    const signature = exactBase64(parsed.data.signature);
    if (spki !== undefined && signature !== undefined) return { value: parsed.data, spki, signature };
  }
  throw new CertificateError(
    'CERTIFICATE_SPELLING',
    'this is not a certificate of an erasure, or it is not spelt as the exchange spells one',
  );
}

/**
 * Verifies the certificate of an erasure against the exchange's key.
 *
 * Shape   in: the bytes of the file, and the key as known from elsewhere. out: what the exchange signed.
 * Law     a file that differs in one byte from one that verifies is refused.
 * Source  docs/formats/erasure-certificate.md; RFC 8032, RFC 8785.
 *
 * @throws CertificateError CERTIFICATE_SPELLING, CERTIFICATE_FORMAT_UNKNOWN  before anything is believed
 * @throws CertificateError CERTIFICATE_OTHER_SIGNER                          it names another key than the trusted one
 * @throws CertificateError CERTIFICATE_SIGNATURE_WRONG, CERTIFICATE_TIMES_WRONG
 */
export async function verifyCertificate(
  file: Uint8Array,
  trusted: TrustedKey,
  newHasher: NewHasher,
): Promise<ErasureStatement> {
  const { value, spki, signature } = read(file);
  const { statement } = value;
  if (!isTrusted(trusted, spki, newHasher)) {
    throw new CertificateError(
      'CERTIFICATE_OTHER_SIGNER',
      'the certificate was signed with another key than the one given',
    );
  }
  if (!(await isSigned(spki, signature, signedErasureBytes(statement)))) {
    throw new CertificateError(
      'CERTIFICATE_SIGNATURE_WRONG',
      'the signature is not that of the exchange over this statement',
    );
  }
  if (!inOrder(statement)) {
    throw new CertificateError('CERTIFICATE_TIMES_WRONG', 'the times in the certificate contradict each other');
  }
  return statement;
}

/** Each step after the one it needs; final not before the last copy of the keys has ended. */
function inOrder(statement: ErasureStatement): boolean {
  const { askedAt, outOfSightAt, keysDestroyedAt, objectsRemovedAt, keysAboveDestroyedAt, keyBackups, final } =
    statement;
  const pairs = [
    [askedAt, outOfSightAt],
    [outOfSightAt, keysDestroyedAt],
    [keysDestroyedAt, objectsRemovedAt],
    [keysDestroyedAt, keysAboveDestroyedAt],
    [keysAboveDestroyedAt, final],
    ...keyBackups.flatMap(({ madeAt, endsAt }) => [
      [madeAt, endsAt],
      [endsAt, final],
    ]),
  ] as const;
  return pairs.every(([first, then]) => Date.parse(first as string) <= Date.parse(then as string));
}

/** Whether a verified statement is about the study with this UID; its digest can be compared by who knows the UID. */
export function certifiesStudy(statement: ErasureStatement, studyInstanceUid: string, newHasher: NewHasher): boolean {
  return statement.subjects.some(
    ({ studyInstanceUid: named }) =>
      named !== undefined && digestOf(newHasher, studyDigestBytes(named.salt, studyInstanceUid)) === named.sha256,
  );
}
