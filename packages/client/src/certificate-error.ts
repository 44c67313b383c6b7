/** Why a certificate of an erasure is refused. Closed: each failure is its own code. */
export type CertificateErrorCode =
  /** Not a certificate, or one that is not spelt exactly as certificates are. */
  | 'CERTIFICATE_SPELLING'
  /** Of a format version that this program does not know. */
  | 'CERTIFICATE_FORMAT_UNKNOWN'
  /** Signed by, or naming, another key than the one we were told to trust. */
  | 'CERTIFICATE_OTHER_SIGNER'
  /** The signature is not that key's over this statement. */
  | 'CERTIFICATE_SIGNATURE_WRONG'
  /** Its times contradict each other: what it says cannot have happened so. */
  | 'CERTIFICATE_TIMES_WRONG'
  /** It is not about the study that was asked for. */
  | 'CERTIFICATE_OTHER_STUDY';

export class CertificateError extends Error {
  override readonly name = 'CertificateError';
  readonly code: CertificateErrorCode;
  constructor(code: CertificateErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
