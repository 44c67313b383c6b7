import { tags } from '../dictionary/tags.ts';
import type { DataSet } from '../element.ts';
import { DicomError } from '../errors.ts';
import { text } from '../value.ts';

export type InstanceUids = {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
  readonly sopClassUid: string;
};

/** Digits and dots, at most 64: leading zeros in components are wrong (PS3.5 §9.1) and too common to refuse. */
const uidShape = /^\d+(\.\d+)*$/;

/**
 * The four UIDs without which an instance has no place anywhere.
 *
 * @throws DicomError DICOM_UID_MISSING  one is absent or empty
 * @throws DicomError DICOM_UID_INVALID  one is not digits and dots, or longer than 64; nothing else gets into paths
 */
export function instanceUids(ds: DataSet): InstanceUids {
  const uid = (tag: number): string => {
    const value = text(ds, tag);
    const at = ds.elements.get(tag)?.start;
    if (value === undefined)
      throw new DicomError('DICOM_UID_MISSING', 'A UID that every instance needs is missing', at);
    if (value.length > 64 || !uidShape.test(value)) throw new DicomError('DICOM_UID_INVALID', 'A UID is malformed', at);
    return value;
  };
  return {
    studyInstanceUid: uid(tags.StudyInstanceUID),
    seriesInstanceUid: uid(tags.SeriesInstanceUID),
    sopInstanceUid: uid(tags.SOPInstanceUID),
    sopClassUid: uid(tags.SOPClassUID),
  };
}
