import { type DicomFile, instanceUids, personName, tags, text } from '@symbolon/dicom';
import type { Patient } from '../messages.ts';

/** What a header says of its study, for a person who decides what to send. Dates as `YYYY-MM-DD`, or as they came. */
export type Facts = {
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly patient: Patient;
  readonly date: string;
  readonly description: string;
  readonly modality: string;
};

const longest = 128;

/** One line, without characters that command the terminal or turn the direction of writing, and of bounded length. */
function line(value: string | undefined): string {
  return (value ?? '')
    .replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, longest);
}

/** `Family, Given`; other scripts behind in brackets. As the exchange puts names. */
export function nameText(value: string | undefined): string {
  const { alphabetic, ideographic } = personName(value ?? '');
  const put = (group: string) => {
    const [family = '', given = '', middle = '', prefix = '', suffix = ''] = group
      .split('^')
      .map((part) => part.trim());
    const behind = [prefix, given, middle, suffix].filter((part) => part !== '').join(' ');
    return [family, behind].filter((part) => part !== '').join(', ');
  };
  const [first, second] = [put(alphabetic), put(ideographic)];
  if (first === '' || second === '') return line(first || second);
  return line(`${first} (${second})`);
}

/** A DICOM date (PS3.5 §6.2, DA) as the wire has days; the old form with dots too. */
export function dayText(value: string | undefined): string {
  const found = /^(\d{4})\.?(\d{2})\.?(\d{2})$/.exec((value ?? '').trim());
  return found === null ? line(value) : `${found[1]}-${found[2]}-${found[3]}`;
}

/** @throws DicomError  where a UID that every instance needs is missing or malformed */
export function factsOf(file: DicomFile): Facts {
  const { dataset } = file;
  const uids = instanceUids(dataset);
  return {
    studyUid: uids.studyInstanceUid,
    seriesUid: uids.seriesInstanceUid,
    patient: {
      name: nameText(text(dataset, tags.PatientName)),
      id: line(text(dataset, tags.PatientID)),
      birthDate: dayText(text(dataset, tags.PatientBirthDate)),
    },
    date: dayText(text(dataset, tags.StudyDate)),
    description: line(text(dataset, tags.StudyDescription)),
    modality: line(text(dataset, tags.Modality)),
  };
}
