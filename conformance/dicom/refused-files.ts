import type { DicomErrorCode } from '@symbolon/dicom';

export type RefusedFile = {
  readonly name: string;
  readonly code: DicomErrorCode;
  /** With `bare: 'accept'`; absent where it is read then. */
  readonly bareToo?: DicomErrorCode;
  readonly why: string;
};

/** Every real file that is not read, and why. */
export const refusedFiles: readonly RefusedFile[] = [
  {
    name: 'fo-dicom/GH179B.dcm',
    code: 'DICOM_DUPLICATE_ELEMENT',
    bareToo: 'DICOM_DUPLICATE_ELEMENT',
    why: '(0028,0120) stands there twice. The second has lost its length, so that the next tag is read as one',
  },
  {
    name: 'fo-dicom/GH340.dcm',
    code: 'DICOM_PREAMBLE_MISSING',
    why: 'a data set alone, implicit VR',
  },
  {
    name: 'fo-dicom/GH364.dcm',
    code: 'DICOM_ITEM_EXPECTED',
    bareToo: 'DICOM_ITEM_EXPECTED',
    why: 'an item stands among the elements of the data set: the sequence around it is missing (PS3.5 §7.5)',
  },
  {
    name: 'fo-dicom/GH626.dcm',
    code: 'DICOM_LENGTH_PAST_END',
    bareToo: 'DICOM_LENGTH_PAST_END',
    why: 'private (2005,140F) declares four bytes fewer than it has. What is left over reads as (0000,0000) with 337,256,453 bytes',
  },
  { name: 'pydicom-data/JLSL_RGB_ILV1.dcm', code: 'DICOM_PREAMBLE_MISSING', why: 'begins with group 0002' },
  { name: 'pydicom-data/JLSL_RGB_ILV2.dcm', code: 'DICOM_PREAMBLE_MISSING', why: 'begins with group 0002' },
  { name: 'pydicom-data/JLSN_RGB_ILV0.dcm', code: 'DICOM_PREAMBLE_MISSING', why: 'begins with group 0002' },
  {
    name: 'pydicom/test_files/ExplVR_BigEndNoMeta.dcm',
    code: 'DICOM_PREAMBLE_MISSING',
    why: 'a data set alone, explicit VR big endian',
  },
  {
    name: 'pydicom/test_files/ExplVR_LitEndNoMeta.dcm',
    code: 'DICOM_PREAMBLE_MISSING',
    why: 'a data set alone, explicit VR little endian',
  },
  {
    name: 'pydicom/test_files/MR_truncated.dcm',
    code: 'DICOM_LENGTH_PAST_END',
    bareToo: 'DICOM_LENGTH_PAST_END',
    why: 'ends within its pixel data',
  },
  {
    name: 'pydicom/test_files/dicomdirtests/DICOMDIR-nooffset',
    code: 'DICOM_LENGTH_PAST_END',
    bareToo: 'DICOM_LENGTH_PAST_END',
    why: 'ends within a UID of its last directory record',
  },
  {
    name: 'pydicom/test_files/meta_missing_tsyntax.dcm',
    code: 'DICOM_TRANSFER_SYNTAX_MISSING',
    bareToo: 'DICOM_TRANSFER_SYNTAX_MISSING',
    why: 'group 0002 names no transfer syntax (PS3.10 §7.1), and no data set begins with a private (0001,0001) from which one could tell',
  },
  {
    name: 'pydicom/test_files/no_meta.dcm',
    code: 'DICOM_PREAMBLE_MISSING',
    bareToo: 'DICOM_PREAMBLE_MISSING',
    why: 'a data set alone, and one byte too many in front of it: its first tag reads as (0820,0500)',
  },
  {
    name: 'pydicom/test_files/rtplan_truncated.dcm',
    code: 'DICOM_LENGTH_PAST_END',
    bareToo: 'DICOM_LENGTH_PAST_END',
    why: 'ends within a sequence',
  },
  { name: 'pydicom/test_files/rtstruct.dcm', code: 'DICOM_PREAMBLE_MISSING', why: 'a data set alone, implicit VR' },
];
