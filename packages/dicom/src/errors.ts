/** Why bytes were refused. Closed: edges translate it in tables typed `Record<DicomErrorCode, …>`. */
export type DicomErrorCode =
  | 'DICOM_PREAMBLE_MISSING'
  | 'DICOM_META_MISSING'
  | 'DICOM_TRANSFER_SYNTAX_MISSING'
  | 'DICOM_PIXELS_FIRST'
  | 'DICOM_PIXEL_VR_INVALID'
  | 'DICOM_VR_AMBIGUOUS'
  | 'DICOM_TOO_MANY_VALUES'
  | 'DICOM_TRUNCATED'
  | 'DICOM_LENGTH_PAST_END'
  | 'DICOM_LENGTH_UNDEFINED'
  | 'DICOM_ITEM_EXPECTED'
  | 'DICOM_TOO_DEEP'
  | 'DICOM_TOO_MANY_ELEMENTS'
  | 'DICOM_HEADER_TOO_LARGE'
  | 'DICOM_INFLATE_UNAVAILABLE'
  | 'DICOM_INFLATE_FAILED'
  | 'DICOM_INFLATED_TOO_LARGE'
  | 'DICOM_CUTS_INVALID'
  | 'DICOM_UID_MISSING'
  | 'DICOM_UID_INVALID'
  | 'DICOM_JSON_INVALID'
  | 'DICOM_BULK_DATA_MISSING'
  | 'DICOM_DEFLATE_UNAVAILABLE'
  | 'DICOM_TEXT_NOT_ENCODABLE'
  | 'DICOM_XML_INVALID'
  | 'DICOM_XML_DTD_REFUSED'
  | 'DICOM_XML_TOO_LARGE'
  | 'DICOM_EDIT_INVALID'
  | 'DICOM_EDIT_PATH_MISSING'
  | 'DICOM_EDIT_CHARSET'
  | 'DICOM_DIRECTORY_MISSING'
  | 'DICOM_DIRECTORY_KEY_MISSING'
  | 'DICOM_DIRECTORY_CLASS_UNKNOWN'
  | 'DICOM_DIRECTORY_REPEATED'
  | 'DICOM_DIRECTORY_TOO_LARGE'
  | 'DICOM_FILE_ID_INVALID'
  | DicomWarningCode;

/** What was doubtful about bytes that were accepted all the same; `ParseOptions.refuse` turns any of them into an error. */
export type DicomWarningCode =
  | 'DICOM_BARE'
  | 'DICOM_META_LENGTH_WRONG'
  | 'DICOM_META_LENGTH_MISSING'
  | 'DICOM_META_IMPLICIT'
  | 'DICOM_META_CONTRADICTED'
  | 'DICOM_TRANSFER_SYNTAX_UNKNOWN'
  | 'DICOM_TRANSFER_SYNTAX_CONTRADICTED'
  | 'DICOM_VR_UNKNOWN'
  | 'DICOM_ODD_LENGTH'
  | 'DICOM_OUT_OF_ORDER'
  | 'DICOM_DUPLICATE_ELEMENT'
  | 'DICOM_DELIMITER_STRAY'
  | 'DICOM_DELIMITER_MISSING'
  | 'DICOM_DELIMITER_LENGTH'
  | 'DICOM_SEQUENCE_UNREADABLE'
  | 'DICOM_TRAILING_BYTES';

export type DicomWarning = { readonly code: DicomWarningCode; readonly at: number };

/** Messages carry codes and offsets only: what a file says of a person never enters an error. */
export class DicomError extends Error {
  override readonly name = 'DicomError';
  readonly code: DicomErrorCode;
  /** Offset in bytes of the culprit, in the file, or in the inflated data set where that was deflated. */
  readonly at?: number;

  constructor(code: DicomErrorCode, message: string, at?: number) {
    super(at === undefined ? message : `${message} (offset ${at})`);
    this.code = code;
    if (at !== undefined) this.at = at;
  }
}
