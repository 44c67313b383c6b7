import type { Compared } from './compared-picture.ts';

/** Why a picture is known to differ from DCMTK's, or to be shown by one of the two alone. */
export type KnownPicture = {
  readonly differs: string;
  /** Who is right; `either` where the standard leaves it open, or where the file itself is wrong. */
  readonly right: 'ours' | 'theirs' | 'either';
  readonly why: string;
  readonly files: readonly string[];
  readonly is: (outcome: Compared['outcome']) => boolean;
};

const far = ({ kind }: Compared['outcome']): boolean => kind === 'far';
const noneThere = ({ kind }: Compared['outcome']): boolean => kind === 'none there';
const noneHere =
  (...codes: readonly string[]) =>
  (outcome: Compared['outcome']): boolean =>
    outcome.kind === 'none here' && codes.includes(outcome.code);

const oldTestImage = (kind: string) => `cornerstone3D/examplesOld/test-images/CTImage.dcm_${kind}.dcm`;

export const knownPictures: readonly KnownPicture[] = [
  {
    differs: 'DCMTK shows red, green and blue where the code stream is YCbCr',
    right: 'ours',
    why: 'JFIF under a header that says RGB: the code stream says itself what it holds, and the header says what it was before',
    files: [
      'fo-dicom/GH195.dcm',
      'google-adapter/integration_test/data/example-mg.dcm',
      'google-adapter/integration_test/data/example.dcm',
      'google-adapter/integration_test/data/example2.dcm',
    ],
    is: far,
  },
  {
    differs:
      'DCMTK shows red, green and blue as its header says, though two components of the JPEG are of half the size',
    right: 'ours',
    why: 'who leaves out three of four samples leaves out chroma: its twins in other encodings look as ours',
    files: ['dicom-test-files/pydicom/SC_rgb_jpeg_lossy_gdcm.dcm', 'pydicom/test_files/SC_rgb_jpeg_lossy_gdcm.dcm'],
    is: far,
  },
  {
    differs: 'DCMTK finds no window in window center and width of VR UN, and shows all values',
    right: 'ours',
    why: 'who knows a tag reads its value by the VR that the tag has (PS3.5 §6.2.2)',
    files: [
      'JPEG2000LosslessOnlyTransferSyntax_1.2.840.10008.1.2.4.90',
      'JPEG2000TransferSyntax_1.2.840.10008.1.2.4.91',
      'JPEGLSLossyTransferSyntax_1.2.840.10008.1.2.4.81',
    ].map(oldTestImage),
    is: far,
  },
  {
    differs: 'DCMTK rounds values of a slope much smaller than 1 to whole numbers before it makes a window of them',
    right: 'ours',
    why: 'PS3.3 §C.11.1.1.2 has the output of a slope of decimals; rounded, a picture of 0.03 units in all is black and white',
    files: [
      ...[1, 2, 3, 4].map((n) => `dicom2nifti/generic/anatomical/002_non_isotropic/00${n}.dcm`),
      'fo-dicom/GH610.dcm',
    ],
    is: far,
  },
  {
    differs: 'DCMTK swaps the bytes of 32-bit pixels by 16-bit words',
    right: 'ours',
    why: 'big endian of 32 bits allocated; shown as its little endian twin, which DCMTK shows alike',
    files: ['pydicom/test_files/rtdose_expb.dcm', 'pydicom/test_files/rtdose_expb_1frame.dcm'],
    is: far,
  },
  {
    differs: 'DCMTK shows no picture: a byte behind the pixel data, or an encoding that is not what the file says',
    right: 'either',
    why: 'these files it does not read at all (see *All differences*)',
    files: [
      ...['multi_series', 'read_only/series_1', 'read_only2'].flatMap((folder) =>
        [1, 2, 3].map((n) => `ambra-sdk/dicoms/${folder}/IMG0000${n}.dcm`),
      ),
      'ambra-sdk/dicoms/splitted/1/IMG00001.dcm',
      'ambra-sdk/dicoms/splitted/1/IMG00002.dcm',
      'pydicom/test_files/SC_rgb_jpeg.dcm',
    ],
    is: noneThere,
  },
  {
    differs: 'DCMTK shows no picture of floating point numbers',
    right: 'ours',
    why: 'PS3.3 §C.7.6.24',
    files: ['pydicom-data/parametric_map_double_float.dcm', 'pydicom-data/parametric_map_float.dcm'],
    is: noneThere,
  },
  {
    differs: 'DCMTK shows no picture of colours of 32 bits',
    right: 'ours',
    why: 'rare, and well-formed',
    files: [
      'pydicom-data/SC_rgb_32bit.dcm',
      'pydicom-data/SC_rgb_expb_32bit.dcm',
      'pydicom-data/SC_rgb_expb_32bit_2frame.dcm',
    ],
    is: noneThere,
  },
  {
    differs:
      'DCMTK 3.6.7 does not decode this one JPEG-LS stream, GDCM not HTJ2K, DCMTK not frames deflated one by one',
    right: 'ours',
    why: 'checked against pydicom, or against the same picture in another encoding',
    files: ['pydicom-data/JLSL_08_07_0_1F.dcm', 'pydicom-data/HTJ2K_08_RGB.dcm', 'pydicom-data/liver_deflate.dcm'],
    is: noneThere,
  },
  {
    differs: 'DCMTK shows no picture of single bits in RLE',
    right: 'either',
    why: 'PS3.5 §G.2 has RLE of whole bytes alone; the native twin of one of them looks the same',
    files: ['pydicom-data/liver_nonbyte_aligned_rle.dcm', 'pydicom-data/liver_rle.dcm'],
    is: noneThere,
  },
  {
    differs: 'DCMTK shows no picture of 12 bits allocated',
    right: 'either',
    why: 'of ACR-NEMA; PS3.5 §8.1.1 has 1, or multiples of 8. GDCM reads the same values',
    files: ['fo-dicom/GH340.dcm'],
    is: noneThere,
  },
  {
    differs: 'no picture here: the code stream is broken',
    right: 'either',
    why: 'DCMTK and GDCM show none either',
    files: [
      'google-adapter/integration_test/data/example3.dcm',
      'pydicom/test_files/JPEG2000-embedded-sequence-delimiter.dcm',
    ],
    is: noneHere('PIXELS_CODE_STREAM_INVALID', 'PIXELS_CODE_STREAM_CONTRADICTS_HEADER'),
  },
  {
    differs: 'no picture here: the pixel data is empty',
    right: 'ours',
    why: 'DCMTK shows none either',
    files: ['fo-dicom/GH1146.dcm'],
    is: noneHere('PIXELS_TRUNCATED'),
  },
];
