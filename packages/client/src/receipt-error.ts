/** Why a receipt, or a file that it names, is refused. Closed: each failure is its own code. */
export type ReceiptErrorCode =
  /** Not a receipt, or one that is not spelt exactly as receipts are. */
  | 'RECEIPT_SPELLING'
  /** Of a format version that this program does not know. */
  | 'RECEIPT_FORMAT_UNKNOWN'
  /** Signed by, or naming, another key than the one we were told to trust. */
  | 'RECEIPT_OTHER_SIGNER'
  /** The sender's part is not the one whose digest was signed. */
  | 'RECEIPT_CONTENTS_CHANGED'
  /** The signature is not that key's over this statement. */
  | 'RECEIPT_SIGNATURE_WRONG'
  /** A file is listed as taken that the signed statement does not have. */
  | 'RECEIPT_NOT_COVERED'
  /** What we were given as the exchange's key is none. */
  | 'RECEIPT_KEY_UNREADABLE'
  | 'RECEIPT_FILE_MISSING'
  | 'RECEIPT_FILE_CHANGED';

export class ReceiptError extends Error {
  override readonly name = 'ReceiptError';
  readonly code: ReceiptErrorCode;
  constructor(code: ReceiptErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
