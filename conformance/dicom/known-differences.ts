import type { Difference } from './compare.ts';
import type { ElementRead } from './reading.ts';
import { refusedFiles } from './refused-files.ts';

/** What another toolkit is known to see otherwise. A difference belongs to the first of these that `is` it. */
export type KnownDifference = {
  readonly tool: 'dcmdump' | 'pydicom';
  readonly differs: string;
  /** Who is right; `either` where the standard leaves it open. */
  readonly right: 'ours' | 'theirs' | 'either';
  readonly why: string;
  readonly is: (difference: Difference) => boolean;
};

export const knownDifferences: readonly KnownDifference[] = [
  {
    tool: 'dcmdump',
    differs: 'refuses a data set with one byte behind its pixel data',
    right: 'either',
    why: 'PS3.10 §7.1 knows no byte after the last element. Nothing that counts is lost: it is kept as trailing bytes, and warned of',
    is: ({ what, theirs, file }) => what === 'outcome' && theirs === 'refused' && file.startsWith('ambra-sdk/dicoms/'),
  },
  {
    tool: 'dcmdump',
    differs: 'refuses an implicit VR data set whose transfer syntax says explicit VR',
    right: 'either',
    why: 'PS3.10 §7.1 has the transfer syntax name the encoding, so the file is wrong. Its first element leaves no doubt which it is: read, and warned of',
    is: ({ what, theirs, file }) => what === 'outcome' && theirs === 'refused' && file.endsWith('/SC_rgb_jpeg.dcm'),
  },
  {
    tool: 'dcmdump',
    differs: 'reads what is refused here',
    right: 'ours',
    why: 'what is read of them is a part, or a guess; the table of refused files gives the reason for each',
    is: isRefusedHere,
  },
  {
    tool: 'dcmdump',
    differs: 'gives encapsulated pixel data the VR OB where the file says OW',
    right: 'either',
    why: 'PS3.5 §A.4 demands OB, so the file is wrong; the element tree tells what stands there',
    is: ({ what, path, ours, theirs }) => what === 'vr' && path === '7FE00010' && ours === 'OW' && theirs === 'OB',
  },
  {
    tool: 'dcmdump',
    differs: 'knows (2001,105F) in an implicit VR data set as a sequence',
    right: 'either',
    why: 'only a dictionary of that vendor says so; without one the value is bytes (PS3.5 §6.2.2)',
    is: ({ what, path, file }) =>
      file === 'dcmjs-dimse/datasets/ele.dcm' && path.startsWith('2001105F') && what !== 'length' && what !== 'bytes',
  },
  {
    tool: 'dcmdump',
    differs: 'keeps (300C,0002) with VR UN and a length as bytes',
    right: 'either',
    why: 'PS3.5 §6.2.2: who knows the tag as a sequence may read its value as implicit VR items',
    is: ({ what, path, file }) =>
      what === 'missing' && path.startsWith('300C0002[0].') && /\/rtdose_rle(_1frame)?\.dcm$/.test(file),
  },
  {
    tool: 'dcmdump',
    differs: 'writes SQ for what the file calls UN',
    right: 'either',
    why: 'UN of undefined length is a sequence (PS3.5 §6.2.2): the items are the same, the tree tells what the file says',
    is: isSequenceNamedUn,
  },
  {
    tool: 'dcmdump',
    differs:
      'has names of its own for VRs: `up` for offsets in a DICOMDIR, `xs` for US or SS, `??` for UN of which it knows nothing',
    right: 'ours',
    why: 'PS3.5 §6.2 has no such VRs',
    is: ({ what, ours, theirs }) => what === 'vr' && ['UL up', 'US xs', 'UN ??'].includes(`${ours} ${theirs}`),
  },
  {
    tool: 'dcmdump',
    differs: 'knows the VR of private elements in implicit VR data sets',
    right: 'either',
    why: 'from dictionaries of vendors; without one the value is UN (PS3.5 §6.2.2)',
    is: isPrivateUn,
  },
  {
    tool: 'pydicom',
    differs: 'keeps controls in texts that are read here as U+FFFD',
    right: 'ours',
    why: 'PS3.5 §6.1.3 allows TAB, LF, FF, CR and ESC; others have no meaning but to a terminal',
    is: ({ what, ours, theirs }) => what === 'texts' && told(ours) === withoutControls(told(theirs)),
  },
  {
    tool: 'pydicom',
    differs: 'reads what is refused here',
    right: 'ours',
    why: 'what is read of them is a part, or a guess; the table of refused files gives the reason for each',
    is: isRefusedHere,
  },
  {
    tool: 'pydicom',
    differs: 'takes an element whose VR is two blanks for one with a length of 32 bits',
    right: 'ours',
    why: 'what follows fits with 16 bits alone (PS3.5 §7.1.2), and dcmdump reads it so; pydicom swallows the 79 elements behind it',
    is: ({ file }) => file === 'fo-dicom/GH179A.dcm',
  },
  {
    tool: 'pydicom',
    differs: 'leaves the VR of implicit VR pixel data open, or makes it OB',
    right: 'ours',
    why: 'PS3.5 §A.1: pixel data in implicit VR is OW',
    is: ({ path, ours, theirs }) =>
      path === '7FE00010' && vrOf(ours) === 'OW' && ['OB', 'OB or OW'].includes(vrOf(theirs) ?? ''),
  },
  {
    tool: 'pydicom',
    differs: 'writes SQ for what the file calls UN',
    right: 'either',
    why: 'as with dcmdump',
    is: isSequenceNamedUn,
  },
  {
    tool: 'pydicom',
    differs: 'gives group lengths of private groups the VR UN in implicit VR data sets',
    right: 'ours',
    why: 'PS3.5 §7.2: group lengths are UL',
    is: ({ what, path, ours, theirs }) => what === 'vr' && path.endsWith('0000') && ours === 'UL' && theirs === 'UN',
  },
  {
    tool: 'pydicom',
    differs: 'knows the VR of private elements that are UN',
    right: 'either',
    why: 'from dictionaries of vendors; without one the value is UN (PS3.5 §6.2.2), and in JSON its bytes',
    is: isPrivateUn,
  },
  {
    tool: 'pydicom',
    differs: 'has group lengths in its JSON',
    right: 'ours',
    why: 'PS3.18 §F.2.2 leaves them out',
    is: ({ what, path, ours }) => what === 'json' && path.endsWith('0000') && ours === undefined,
  },
  {
    tool: 'pydicom',
    differs: 'writes an empty value among others as "" in JSON',
    right: 'ours',
    why: 'PS3.18 §F.2.5: null',
    is: ({ what, ours, theirs }) => what === 'json' && told(ours) === told(theirs).replaceAll('""', 'null'),
  },
  {
    tool: 'pydicom',
    differs: 'keeps the spaces behind a value that is not the last',
    right: 'ours',
    why: 'PS3.5 §6.2: trailing spaces of a CS value mean nothing, whichever value it is',
    is: ({ what, ours, theirs }) =>
      (what === 'texts' || what === 'json') && told(ours) === told(theirs).replace(/ +"/g, '"'),
  },
  {
    tool: 'pydicom',
    differs: 'drops the empty component group at the end of a name',
    right: 'either',
    why: 'PS3.5 §6.2.1: it may be there or not and means the same; our text is what the file says',
    is: ({ what, ours, theirs }) => what === 'texts' && told(ours) === told(theirs).replaceAll('"]', '="]'),
  },
  {
    tool: 'pydicom',
    differs: 'leaves the escape sequences of ISO 2022 IR 58 in a name',
    right: 'ours',
    why: 'PS3.3 §C.12.1.1.2 defines the term, PS3.5 §6.1.2.5 how it is switched to: escape sequences are no text',
    is: ({ file, path }) => file === 'fo-dicom/charset/chrGB2312.dcm' && path === '00100010',
  },
  {
    tool: 'pydicom',
    differs: 'makes no JSON of an IS or DS that is no number',
    right: 'ours',
    why: 'PS3.18 table F.2.3-1 allows a string; one odd value must not cost the others',
    is: ({ what, theirs }) => what === 'json' && told(theirs) === '{"error":"ValueError"}',
  },
  {
    tool: 'pydicom',
    differs: 'writes an IS of more than 32 bits as a number in JSON',
    right: 'either',
    why: 'PS3.5 table 6.2-1 ends IS at 32 bits; as a string the value keeps the digits that it has (PS3.18 §F.2.3)',
    is: ({ what, ours, theirs }) => what === 'json' && told(ours).replace(/"0?(\d{11,})"/, '$1') === told(theirs),
  },
];

function isRefusedHere({ what, file, ours, theirs }: Difference): boolean {
  return (
    what === 'outcome' && ours === 'refused' && theirs === 'read' && refusedFiles.some(({ name }) => name === file)
  );
}

function isSequenceNamedUn({ what, ours, theirs }: Difference): boolean {
  return what === 'vr' && ours === 'UN' && theirs === 'SQ';
}

function isPrivateUn({ what, path, ours, theirs }: Difference): boolean {
  const group = Number.parseInt(path.slice(-8, -4), 16);
  return (what === 'vr' || what === 'json') && group % 2 === 1 && vrOf(ours) === 'UN' && vrOf(theirs) !== 'UN';
}

function vrOf(told: unknown): string | undefined {
  return typeof told === 'string' ? told : (told as Partial<ElementRead> | undefined)?.vr;
}

function told(value: unknown): string {
  return JSON.stringify(value) ?? '';
}

/** As it is read here: controls other than NUL, TAB, LF, FF and CR are no text. In JSON, where C0 is escaped. */
function withoutControls(json: string): string {
  return json.replace(/\\u00(0[1-8be-f]|1[0-9a-f])|\\b|[\x80-\x9f]/g, '\ufffd');
}
