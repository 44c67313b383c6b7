import { uid as uidForm } from '@symbolon/contract';
import { type DicomFile, type StreamedSplit, tags, text } from '@symbolon/dicom';
import type { PackableInstance, StoredImage } from '../packs/index.ts';
import { type Belonging, pickLevels } from '../studies/index.ts';
import { Refusal } from './errors.ts';

/** An instance that was understood, and waits to be kept. It holds its file's bytes, and nothing that was made of them. */
export type IncomingInstance = PackableInstance &
  Belonging & {
    readonly sopClassUid: string;
    /** Offset of the first byte after group 0002: what stands before it is not the instance (Law 5). */
    readonly datasetStart: number;
  };

function uid(file: DicomFile, tag: number, keyword: string): string {
  const value = text(file.dataset, tag) ?? '';
  if (value === '') throw new Refusal('DICOM_UID_INVALID', `${keyword} is missing or empty`);
  if (!uidForm.safeParse(value).success) throw new Refusal('DICOM_UID_INVALID', `${keyword} is not a UID`);
  return value;
}

/** What came in, as far as it is in memory: `image` is empty where the image half is `stored`. */
export type Arrived = {
  readonly split: StreamedSplit;
  readonly image: readonly Uint8Array[];
  readonly stored?: StoredImage | undefined;
  readonly sha256: string;
};

/**
 * Understands what came in; nothing is copied. What was parsed is let go: a deflated data set can be a thousand times its
 * file, and the budget counts files. Six of 0.3 MB, inflated to 300 MiB each, waited for one commit with 2 GB.
 *
 * @throws Refusal DICOM_UID_INVALID
 */
export function instanceOf({ split, image, stored, sha256 }: Arrived): IncomingInstance {
  const { file, identity, cuts, imageBytes } = split;
  const { dataset } = file;
  const { patient, study, series, instance: attributes } = pickLevels(dataset);
  return {
    datasetStart: file.datasetStart,
    sopClassUid: uid(file, tags.SOPClassUID, 'SOPClassUID'),
    sopInstanceUid: uid(file, tags.SOPInstanceUID, 'SOPInstanceUID'),
    studyInstanceUid: uid(file, tags.StudyInstanceUID, 'StudyInstanceUID'),
    seriesInstanceUid: uid(file, tags.SeriesInstanceUID, 'SeriesInstanceUID'),
    transferSyntax: file.transferSyntax,
    sha256,
    bytes: identity.length + imageBytes,
    halves: { identity, image, cuts, imageBytes },
    storedImage: stored,
    attributes,
    patient,
    study,
    series,
  };
}
