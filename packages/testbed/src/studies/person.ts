import type { Row } from '../writing/element.ts';
import { seeded } from '../writing/random.ts';

/** A name already encoded, for character sets that this writer does not encode by itself. */
export type EncodedName = { readonly bytes: Uint8Array; readonly charset: string };

/** Who was examined, for what and by whom: what a caller may want to choose about a study. */
export type Person = {
  readonly patientId: string;
  readonly patientName: string | EncodedName;
  readonly birthDate: string;
  readonly sex: 'F' | 'M' | 'O' | '';
  readonly accessionNumber: string;
  readonly studyDescription: string;
  readonly studyDate: string;
  readonly institution: string;
  readonly referringPhysician: string;
};

const families = ['Müller', 'Okonkwo', 'Svensson', 'García', 'Nowak', 'Tremblay', 'Haddad', 'Rossi', 'Kovacs'];
const givens = ['Änne', 'Chidi', 'Björn', 'Lucía', 'Ewa', 'Noël', 'Samira', 'Paolo', 'Ana'];

/** Invented people: no name, number or date here belongs to anybody. */
export function personFor(seed: number, chosen: Partial<Person> = {}): Person {
  const random = seeded(seed, 'person');
  const digits = (count: number) => Array.from({ length: count }, () => random.below(10)).join('');
  const two = (limit: number) => String(1 + random.below(limit)).padStart(2, '0');
  return {
    patientId: `PID-${digits(8)}`,
    patientName: `${random.pick(families)}^${random.pick(givens)}^${random.pick('ABCDEFG'.split(''))}`,
    birthDate: `${1930 + random.below(75)}${two(12)}${two(28)}`,
    sex: random.pick(['F', 'M'] as const),
    accessionNumber: `A${digits(9)}`,
    studyDescription: 'CT Thorax/Abdomen mit KM',
    studyDate: `${2015 + random.below(10)}${two(12)}${two(28)}`,
    institution: 'Städtisches Klinikum Musterstadt',
    referringPhysician: `${random.pick(families)}^${random.pick(givens)}^^Dr.`,
    ...chosen,
  };
}

/** The narrowest of the character sets that we write which holds all that is said about the person. */
function charsetOf(person: Person): string {
  if (typeof person.patientName !== 'string') return person.patientName.charset;
  const text = Object.values(person).join('');
  return [...text].every((char) => char.codePointAt(0)! <= 0xff) ? 'ISO_IR 100' : 'ISO_IR 192';
}

/** Patient and General Study modules: PS3.3 §C.7.1.1, §C.7.2.1, §C.7.2.2. */
export function patientAndStudy(person: Person, studyInstanceUid: string): readonly Row[] {
  const plain = typeof person.patientName === 'string';
  // With a foreign name the other text must be ASCII: the first value of an ISO 2022 set is, all others are not ours.
  const ascii = (text: string) => (plain ? text : text.normalize('NFD').replace(/[^ -~]/g, ''));
  const name = person.patientName;
  return [
    ['0008,0005 CS SpecificCharacterSet', charsetOf(person)],
    ['0008,0020 DA StudyDate', person.studyDate],
    ['0008,0030 TM StudyTime', '101523.120000'],
    ['0008,0050 SH AccessionNumber', person.accessionNumber],
    ['0008,0090 PN ReferringPhysicianName', ascii(person.referringPhysician)],
    ['0008,1030 LO StudyDescription', ascii(person.studyDescription)],
    ['0010,0010 PN PatientName', typeof name === 'string' ? name : name.bytes],
    ['0010,0020 LO PatientID', person.patientId],
    ['0010,0030 DA PatientBirthDate', person.birthDate],
    ['0010,0040 CS PatientSex', person.sex],
    ['0020,000D UI StudyInstanceUID', studyInstanceUid],
    ['0020,0010 SH StudyID', '1'],
  ];
}
