import { dataSet, openSequence, type Row, sequence } from '../writing/element.ts';
import { uidFor } from '../writing/random.ts';
import { explicitLittle, type TransferSyntax } from '../writing/write.ts';
import { bodySlices } from './body-pixels.ts';
import { ctSeriesRows, ctSliceRows, pixelRows } from './ct-header.ts';
import { ctPrivateRows } from './ct-private.ts';
import { fileName } from './file-names.ts';
import { type Person, patientAndStudy, personFor } from './person.ts';
import { type SyntheticFile, syntheticFile } from './synthetic-file.ts';

export type CtOptions = {
  readonly seed: number;
  /** In each series. */
  readonly slices?: number;
  readonly series?: number;
  readonly rows?: number;
  readonly columns?: number;
  readonly person?: Partial<Person>;
  readonly syntax?: TransferSyntax;
  /** The study in which these series lie; by default one of the seed's own. */
  readonly studyInstanceUid?: string;
  /** More elements for a file, in place of those with the same tag. */
  readonly extra?: (index: number) => readonly Row[];
};

/** A CT study, one file at a time: what a caller does not hold on to is not kept. */
export function* ctStudy(options: CtOptions): Generator<SyntheticFile> {
  let index = 0;
  for (const rows of ctDataSets(options)) {
    yield syntheticFile(fileName(index), rows, options.syntax ?? explicitLittle);
    index += 1;
  }
}

/** The same, before they are written: for whoever bends them first. */
export function* ctDataSets(options: CtOptions): Generator<readonly Row[]> {
  const { seed, slices = 20, series = 1, rows = 512, columns = 512 } = options;
  const study = options.studyInstanceUid ?? uidFor(seed, 'study');
  const person = personFor(seed, options.person);
  const pixels = bodySlices(seed, rows, columns, slices * series);
  for (let number = 1; number <= series; number += 1) {
    const uid = (label: string) => uidFor(seed, `${label}/${number}`);
    const shared = dataSet(
      ctSeriesRows(uid, number),
      pixelRows(rows, columns),
      otherPatientIds(person),
      asciiOnly(person) ? asciiRows : [],
      patientAndStudy(person, study),
      [
        ['0008,0080 LO InstitutionName', asciiOnly(person) ? 'Klinikum Musterstadt' : person.institution],
        ['0020,000E UI SeriesInstanceUID', uid('series')],
      ],
    );
    for (let slice = 0; slice < slices; slice += 1) {
      const index = (number - 1) * slices + slice;
      yield dataSet(
        shared,
        ctSliceRows(uid(`instance ${slice}`), slice),
        ctPrivateRows(slice),
        [['7FE0,0010 OW PixelData', pixels(index)]],
        options.extra?.(index) ?? [],
      );
    }
  }
}

const asciiOnly = (person: Person): boolean => typeof person.patientName !== 'string';

/** Beside a name in an ISO 2022 set, the header's own text stays ASCII. */
const asciiRows: readonly Row[] = [
  ['0008,0081 ST InstitutionAddress', 'Ring 1'],
  ['0008,1048 PN PhysiciansOfRecord', 'Weiss^Greta'],
  ['0008,1060 PN NameOfPhysiciansReadingStudy', 'Lindgren^Asa'],
];

const otherPatientIds = (person: Person): readonly Row[] => [
  [
    '0010,1002 SQ OtherPatientIDsSequence',
    openSequence([
      ['0010,0020 LO PatientID', `${person.patientId}-OLD`],
      ['0010,0021 LO IssuerOfPatientID', 'MUSTERSTADT'],
      ['0010,0022 CS TypeOfPatientID', 'TEXT'],
      [
        '0010,0024 SQ IssuerOfPatientIDQualifiersSequence',
        sequence([
          ['0040,0032 UT UniversalEntityID', '2.999.1'],
          ['0040,0033 CS UniversalEntityIDType', 'ISO'],
        ]),
      ],
    ]),
  ],
];
