import type { StudyRow } from '@symbolon/contract';

const sexes: Readonly<Record<string, string>> = { M: 'male', F: 'female', O: 'other' };

export function nameInWords({ patient }: Pick<StudyRow, 'patient'>): string {
  return patient.name === '' ? 'No name' : patient.name;
}

/** "b. 1 Mar 1970 · female"; what the study does not say is left out. */
export function bornInWords({ patient }: Pick<StudyRow, 'patient'>, day: (day: string) => string): string {
  const born = patient.birthDate === null ? '' : `b. ${day(patient.birthDate)}`;
  return [born, sexes[patient.sex] ?? patient.sex].filter((part) => part !== '').join(' · ');
}
