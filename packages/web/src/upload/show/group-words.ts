import { formatCount } from '../../ui/amounts.ts';
import type { Group } from '../messages.ts';

type Words = { readonly one: string; readonly many: string; readonly advice: string };

const words: Readonly<Record<Group, Words>> = {
  conflict: {
    one: 'image differs from one that is held under the same number',
    many: 'images differ from those that are held under the same numbers',
    advice:
      'Nothing was overwritten. Yours was kept aside until somebody of the account looks at both, on the page “Kept aside”. Sending it again changes nothing.',
  },
  'cut short': {
    one: 'file ends in the middle',
    many: 'files end in the middle',
    advice: 'It was not copied whole, or the disc is damaged. Copy it from its source again.',
  },
  damaged: {
    one: 'DICOM file is damaged',
    many: 'DICOM files are damaged',
    advice: 'Copy or export it from its source again.',
  },
  'uid wrong': {
    one: 'DICOM file lacks a number that every image needs',
    many: 'DICOM files lack a number that every image needs',
    advice: 'It must be exported again by whoever made it.',
  },
  'too large': {
    one: 'file is larger than this exchange takes',
    many: 'files are larger than this exchange takes',
    advice: 'One object may have 16 GiB at most, and 256 MiB beside its pixel data. Keep the original.',
  },
  changed: {
    one: 'file changed or vanished after it was chosen',
    many: 'files changed or vanished after they were chosen',
    advice: 'Choose it again. If it is on a disc, check that the disc is still in.',
  },
  unreadable: {
    one: 'file or folder could not be read',
    many: 'files or folders could not be read',
    advice: 'Check that the disc is in and clean, and that you may open the file.',
  },
  'not stored': {
    one: 'image could not be stored',
    many: 'images could not be stored',
    advice: 'Choose the same files again: what arrived is not sent twice.',
  },
  'zip broken': {
    one: 'zip, or file in a zip, is damaged',
    many: 'zips, or files in zips, are damaged',
    advice: 'Get the zip again, or unpack it with another program and choose the folder.',
  },
  'zip encrypted': {
    one: 'file in a zip is locked with a password',
    many: 'files in zips are locked with a password',
    advice: 'Unpack the zip with its password, then choose the folder.',
  },
  'zip unsupported': {
    one: 'file in a zip is packed in a way that is not read here',
    many: 'files in zips are packed in a way that is not read here',
    advice: 'Unpack the zip, then choose the folder.',
  },
  'zip limit': {
    one: 'zip holds more than is taken from one',
    many: 'zips hold more than is taken from one',
    advice: 'If you trust it, unpack it, then choose the folder.',
  },
  'zip in zip': {
    one: 'zip lies within another zip',
    many: 'zips lie within another zip',
    advice: 'Unpack the outer zip, then choose the folder.',
  },
  'not dicom': {
    one: 'file is not a DICOM image',
    many: 'files are not DICOM images',
    advice: 'Photos, documents and programs are not sent.',
  },
  'table of contents': {
    one: 'table of contents of the disc (DICOMDIR)',
    many: 'tables of contents of discs (DICOMDIR)',
    advice: 'Not needed: the images say themselves where they belong.',
  },
  copy: {
    one: 'copy of a file that is in the list already',
    many: 'copies of files that are in the list already',
    advice: 'Not needed: each is sent once.',
  },
  'hidden file': {
    one: "hidden note of a computer's own",
    many: "hidden notes of a computer's own",
    advice: 'Not needed: no images.',
  },
  receipt: {
    one: 'receipt of an earlier upload',
    many: 'receipts of earlier uploads',
    advice: 'Not needed: it is for you to keep.',
  },
};

/** "1,000 files are not DICOM images". */
export function groupTitle(group: Group, count: number): string {
  const { one, many } = words[group];
  return formatCount(count, one, many);
}

export function groupAdvice(group: Group): string {
  return words[group].advice;
}
