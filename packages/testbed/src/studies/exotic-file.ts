import { dataSet, type Row } from '../writing/element.ts';
import { uidFor } from '../writing/random.ts';
import { explicitLittle, type Part10Options, type TransferSyntax } from '../writing/write.ts';
import { ctDataSets } from './ct.ts';
import { type Person, patientAndStudy, personFor } from './person.ts';
import { type SyntheticFile, syntheticFile } from './synthetic-file.ts';

export type ExoticFile = SyntheticFile & {
  /** What is unusual about it, for the names of tests. */
  readonly quirk: string;
  /** The patient's name in Unicode, where its encoding is what is unusual. */
  readonly patientName?: string;
  /** Set where DCMTK 3.6.7 does not know the thing, and says no to a file that the standard allows. */
  readonly unknownToDcmtk?: string;
};

export type Bend = {
  readonly syntax?: TransferSyntax;
  readonly part10?: Part10Options;
  readonly person?: Partial<Person>;
};

/** All exotic files of a seed lie in one study; each has a series of its own. */
export function exoticFile(seed: number, quirk: string, rows: readonly Row[], bend: Bend = {}): ExoticFile {
  const own = dataSet(rows, [
    ['0008,0018 UI SOPInstanceUID', uidFor(seed, `exotic instance ${quirk}`)],
    ['0020,000E UI SeriesInstanceUID', uidFor(seed, `exotic series ${quirk}`)],
  ]);
  const name = `exotic/${quirk.replaceAll(/[^A-Za-z0-9]+/g, '-')}`;
  return { ...syntheticFile(name, own, bend.syntax ?? explicitLittle, bend.part10), quirk };
}

/** A small CT slice, to be bent. */
export function smallCt(seed: number, person: Partial<Person> = {}): readonly Row[] {
  const [rows] = ctDataSets({ seed, slices: 1, rows: 64, columns: 48, person, studyInstanceUid: studyOf(seed) });
  return rows!;
}

/** Patient, study and the class of an object that is no picture. */
export function plainObject(seed: number, sopClassUid: string, modality: string): readonly Row[] {
  return dataSet(patientAndStudy(personFor(seed), studyOf(seed)), [
    ['0008,0016 UI SOPClassUID', sopClassUid],
    ['0008,0023 DA ContentDate', '20240311'],
    ['0008,0033 TM ContentTime', '101700'],
    ['0008,0060 CS Modality', modality],
    ['0008,0070 LO Manufacturer', 'Symbolon Testbed'],
    ['0020,0011 IS SeriesNumber', '1'],
    ['0020,0013 IS InstanceNumber', '1'],
  ]);
}

const studyOf = (seed: number): string => uidFor(seed, 'study/exotic');
