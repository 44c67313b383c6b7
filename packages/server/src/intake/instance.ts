import { createHash } from 'node:crypto';
import { uid as uidForm } from '@symbolon/contract';
import { DicomError, type DicomFile, parseFile, split, tags, text } from '@symbolon/dicom';
import type { PackableInstance } from '../packs/index.ts';
import { inflating } from '../platform/inflate.ts';
import { type Belonging, instanceTags, patientTags, pickAttributes, seriesTags, studyTags } from '../studies/index.ts';
import { Refusal } from './errors.ts';

/** An instance that was understood, and waits to be kept. `file` holds the bytes that came in. */
export type IncomingInstance = PackableInstance &
  Belonging & { readonly sopClassUid: string; readonly file: DicomFile };

function parse(bytes: Uint8Array): DicomFile {
  try {
    return parseFile(bytes, inflating);
  } catch (error) {
    if (error instanceof DicomError) {
      throw new Refusal(
        'DICOM_UNREADABLE',
        `${error.code}${error.at === undefined ? '' : ` at byte ${error.at}`}: ${error.message}`,
      );
    }
    throw error;
  }
}

function uid(file: DicomFile, tag: number, keyword: string): string {
  const value = text(file.dataset, tag) ?? '';
  if (value === '') throw new Refusal('DICOM_UID_INVALID', `${keyword} is missing or empty`);
  if (!uidForm.safeParse(value).success) throw new Refusal('DICOM_UID_INVALID', `${keyword} is not a UID`);
  return value;
}

/** Reads, hashes and splits what came in; nothing is copied. @throws Refusal DICOM_UNREADABLE, DICOM_UID_INVALID */
export function readInstance(bytes: Uint8Array): IncomingInstance {
  const file = parse(bytes);
  const { dataset } = file;
  return {
    file,
    sopClassUid: uid(file, tags.SOPClassUID, 'SOPClassUID'),
    sopInstanceUid: uid(file, tags.SOPInstanceUID, 'SOPInstanceUID'),
    studyInstanceUid: uid(file, tags.StudyInstanceUID, 'StudyInstanceUID'),
    seriesInstanceUid: uid(file, tags.SeriesInstanceUID, 'SeriesInstanceUID'),
    transferSyntax: file.transferSyntax,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    bytes: bytes.length,
    halves: split(file),
    attributes: pickAttributes(dataset, instanceTags),
    patient: pickAttributes(dataset, patientTags),
    study: pickAttributes(dataset, studyTags),
    series: pickAttributes(dataset, seriesTags),
  };
}
