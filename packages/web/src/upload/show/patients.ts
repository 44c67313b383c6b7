import type { Patient } from '../messages.ts';

/** Marks, case and punctuation differ between devices, people do not. */
function folded(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]+/gu, '')
    .toLowerCase();
}

export function samePatient(a: Patient, b: Patient): boolean {
  return a.id === b.id && folded(a.name) === folded(b.name);
}

/** How many people these studies are of: by name and birth date where there are both, else by name and id. */
export function countPatients(patients: Iterable<Patient>): number {
  const people = new Set<string>();
  for (const { name, id, birthDate } of patients) {
    people.add(name !== '' && birthDate !== '' ? `${folded(name)}|${birthDate}` : `${folded(name)}||${id}`);
  }
  return people.size;
}
