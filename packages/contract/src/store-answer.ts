/**
 * The private elements by which our answer to STOW-RS says more than the standard's: block (0009,10xx), creator
 * `SYMBOLON 1`. Keys are DICOM JSON tags, for the items of Referenced, Failed and Other Failures Sequence.
 */
export const storeAttributes = {
  /** LO, the private creator. */
  creator: '00090010',
  /** UT, the SHA-256 of the file as sent, in hexadecimal. */
  sentSha256: '00091001',
  /** UT, the SHA-256 of the file that is held: the one sent, or the first with the same instance (Law 5). */
  heldSha256: '00091002',
  /** CS, `TAKEN` or `ALREADY_HELD`. */
  outcome: '00091003',
  /** UT, a refusal code, in items of the failure sequences. */
  refusal: '00091004',
  /** UT, the reason in words. */
  reason: '00091005',
  creatorName: 'SYMBOLON 1',
} as const;
