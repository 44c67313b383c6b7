import type { ValueDifference } from './compare-values.ts';
import type { Tool } from './other-decoders.ts';

/** What other toolkits are known to make otherwise of the pixels of a file, and what shows who is right. */
export type KnownValueDifference = {
  readonly tools: readonly Tool[];
  readonly differs: string;
  readonly right: 'ours' | 'theirs' | 'either';
  readonly why: string;
  /** Each file, and one that holds the same picture in another form: its values must be ours. */
  readonly files: Readonly<Record<string, { readonly twin: string } | 'rgb of theirs'>>;
};

export const knownValueDifferences: readonly KnownValueDifference[] = [
  {
    tools: ['dcmtk', 'gdcm'],
    differs: 'leave the YCbCr of a JFIF stream as it is where the header says RGB',
    right: 'ours',
    why: 'JFIF knows YCbCr alone (ITU-T T.871 §7). As RGB the teeth of GH195 are blue; turned to RGB, their values are ours',
    files: {
      'fo-dicom/GH195.dcm': 'rgb of theirs',
      'google-adapter/integration_test/data/example-mg.dcm': 'rgb of theirs',
      'google-adapter/integration_test/data/example.dcm': 'rgb of theirs',
      'google-adapter/integration_test/data/example2.dcm': 'rgb of theirs',
    },
  },
  {
    tools: ['dcmtk', 'gdcm'],
    differs:
      'take a JPEG stream for red, green and blue as its header says, though two of its components are of half the size',
    right: 'ours',
    why: 'who leaves out three of four samples leaves out chroma; turned to RGB, their values are ours, and red, green and blue stand where its twins have them',
    files: {
      'dicom-test-files/pydicom/SC_rgb_jpeg_lossy_gdcm.dcm': 'rgb of theirs',
      'pydicom/test_files/SC_rgb_jpeg_lossy_gdcm.dcm': 'rgb of theirs',
    },
  },
  {
    tools: ['dcmtk', 'gdcm'],
    differs: 'swap big endian doses of 32 bits in words of 16 bits',
    right: 'ours',
    why: 'the little endian twins of these files have our values, and so has pydicom',
    files: {
      'pydicom/test_files/rtdose_expb.dcm': { twin: 'pydicom/test_files/rtdose.dcm' },
      'pydicom/test_files/rtdose_expb_1frame.dcm': { twin: 'pydicom/test_files/rtdose_1frame.dcm' },
    },
  },
  {
    tools: ['gdcm'],
    differs: 'mixes up the bytes of colours of more than 8 bits in RLE',
    right: 'ours',
    why: 'the native twins of these files have our values, and so have DCMTK and pydicom',
    files: {
      'pydicom/test_files/SC_rgb_rle_16bit.dcm': { twin: 'pydicom-data/SC_rgb_16bit.dcm' },
      'pydicom/test_files/SC_rgb_rle_16bit_2frame.dcm': { twin: 'pydicom-data/SC_rgb_16bit_2frame.dcm' },
      'pydicom/test_files/SC_rgb_rle_32bit.dcm': { twin: 'pydicom-data/SC_rgb_32bit.dcm' },
      'pydicom/test_files/SC_rgb_rle_32bit_2frame.dcm': { twin: 'pydicom-data/SC_rgb_expb_32bit_2frame.dcm' },
    },
  },
  {
    tools: ['gdcm'],
    differs: 'makes other values of one lossless JPEG-LS stream',
    right: 'ours',
    why: 'the uncompressed original of that picture has our values, and so has DCMTK',
    files: { 'dicom-test-files/WG04/JLSL/MR1_JLSL': { twin: 'dicom-test-files/WG04/RLE/MR1_RLE' } },
  },
  {
    tools: ['pydicom'],
    differs: 'leaves bytes of big endian words in each other’s place',
    right: 'ours',
    why: 'the little endian twin has our values, and so have DCMTK and GDCM',
    files: {
      'pydicom/test_files/SC_rgb_small_odd_big_endian.dcm': { twin: 'pydicom/test_files/SC_rgb_small_odd.dcm' },
    },
  },
];

export function isKnown(known: KnownValueDifference, { tool, file, sameAsRgb }: ValueDifference): boolean {
  return known.tools.includes(tool) && file in known.files && (known.files[file] !== 'rgb of theirs' || sameAsRgb);
}

/** Pictures that are described by a header that can be read, and refused all the same. */
export const refusedPictures: Readonly<Record<string, { readonly code: string; readonly why: string }>> = {
  'fo-dicom/GH1146.dcm': {
    code: 'PIXELS_TRUNCATED',
    why: 'its pixel data is empty. GDCM gives bytes that are in no file; DCMTK and pydicom refuse it',
  },
  'google-adapter/integration_test/data/example3.dcm': {
    code: 'PIXELS_CODE_STREAM_INVALID',
    why: 'in place of a JPEG its fragment holds a second header, and behind that a JPEG that lacks its end. DCMTK refuses it, and GDCM gives bytes that are in no file',
  },
  'pydicom/test_files/JPEG2000-embedded-sequence-delimiter.dcm': {
    code: 'PIXELS_CODE_STREAM_CONTRADICTS_HEADER',
    why: 'bytes of its SIZ marker segment are overwritten by what looks like a delimiter: a picture of 3,722,445,056 columns. A file to test parsers with. DCMTK refuses it, and GDCM gives bytes that are in no file',
  },
};
