import { dataSet, type Row, without } from '../writing/element.ts';
import { seeded, uidFor } from '../writing/random.ts';
import { explicitLittle } from '../writing/write.ts';
import { type Canary, latin1, type Planter, planter, utf8 } from './canary.ts';
import { ctDataSets } from './ct.ts';
import { pdfRows, reportRows } from './exotic-objects.ts';
import { icon } from './exotic-pixels.ts';
import { plantedCorners, plantedRows } from './planted-rows.ts';
import { type SyntheticFile, syntheticFile } from './synthetic-file.ts';
import { tinyPdf } from './tiny-pdf.ts';

type Script = {
  readonly label: string;
  readonly charset: string;
  readonly encode: (text: string) => Uint8Array;
  /** What makes it another object than a CT image; it then has no pixel data. */
  readonly rows?: (plant: Planter) => readonly Row[];
};

const scripts: readonly Script[] = [
  { label: 'utf-8', charset: 'ISO_IR 192', encode: utf8 },
  { label: 'latin-1', charset: 'ISO_IR 100', encode: latin1 },
];

/** The one field that is not in the bytes of its file. */
export const fileNameField = 'the name of the file';

/**
 * A study with an identifier of its own in every place that holds one. Nothing is planted in top-level pixel data: that
 * is the image, and burned-in text is another matter.
 *
 * `wanted` are the caller's own words; they are planted as they are, in private text and in an item three levels down.
 */
export function plantedStudy(
  seed: number,
  wanted: readonly string[] = [],
): { files: SyntheticFile[]; canaries: Canary[] } {
  const study = uidFor(seed, 'study/planted');
  const planters: Planter[] = [];
  const files = [...scripts, ...objects(wanted)].map((script, index) => {
    const random = seeded(seed, `planted name ${script.label}`);
    const name = `${random.word(20)}/${script.label}.dcm`;
    const plant = planter(seed, name, script.encode);
    planters.push(plant);
    plant.value(fileNameField, name.split('/')[0]!);
    const [ct] = ctDataSets({ seed, slices: 1, rows: 128, columns: 128, studyInstanceUid: study });
    const uid = (row: string) => plant.value(row, uidFor(seed, `${row} ${script.label}`));
    const rows = dataSet(
      script.rows ? without(ct!, '7FE0,0010') : ct!,
      plantedRows(plant, uid('ReferencedSOPInstanceUID in ReferencedStudySequence')),
      plantedCorners(plant),
      icon(['7FE0,0010 OW PixelData', utf8(plant.word('PixelData of an icon', 256))]),
      foreignText(plant, script),
      script.rows?.(plant) ?? [],
      [
        ['0008,0005 CS SpecificCharacterSet', script.charset],
        ['0010,0030 DA PatientBirthDate', plant.value('PatientBirthDate', String(18370214 + index))],
        ['0008,0018 UI SOPInstanceUID', uid('SOPInstanceUID')],
        ['0020,000E UI SeriesInstanceUID', uid('SeriesInstanceUID')],
        ['0020,0052 UI FrameOfReferenceUID', uid('FrameOfReferenceUID')],
      ],
    );
    if (script === scripts[0]) plant.value('StudyInstanceUID', study);
    const meta: readonly Row[] = [
      ['0002,0016 AE SourceApplicationEntityTitle', plant.word('SourceApplicationEntityTitle', 16)],
    ];
    return syntheticFile(name, rows, explicitLittle, { meta });
  });
  return { files, canaries: planters.flatMap((plant) => plant.planted) };
}

/** Names in scripts that ASCII does not hold, random enough to be nobody's: three components, as Japan writes them. */
function foreignText(plant: Planter, { charset, label }: Script): readonly Row[] {
  const latin = `Ä${plant.word(`PatientName, ASCII part, ${label}`)}Öß`;
  const name = plant.value(`PatientName, ${label}`, latin);
  if (charset !== 'ISO_IR 192') return [['0010,0010 PN PatientName', `${name}^Jérôme`]];
  const random = seeded(label.length, plant.planted[0]!.value);
  const kanji = Array.from({ length: 12 }, () => String.fromCodePoint(0x4e00 + random.below(20_000))).join('');
  const ideographic = plant.value(`PatientName, ideographic, ${label}`, `山田${kanji}`);
  return [
    ['0010,0010 PN PatientName', `${name}^Tarou=${ideographic}^太郎=やまだ^たろう`],
    ['0040,A160 UT TextValue', plant.value(`TextValue, ${label}`, `Ärzt:in ${kanji.slice(3)} 🫁`)],
  ];
}

/** A report, a document, and the caller's words: files without pixel data, whole in the identity half. */
const objects = (wanted: readonly string[]): readonly Script[] => [
  {
    ...scripts[0]!,
    label: 'report',
    rows: (plant) => [
      ['0008,0016 UI SOPClassUID', '1.2.840.10008.5.1.4.1.1.88.11'],
      ['0008,0060 CS Modality', 'SR'],
      ...reportRows(plant.word('TextValue of a report at depth 3', 40)),
    ],
  },
  {
    ...scripts[0]!,
    label: 'document',
    rows: (plant) => [
      ['0008,0016 UI SOPClassUID', '1.2.840.10008.5.1.4.1.1.104.1'],
      ['0008,0060 CS Modality', 'DOC'],
      ...pdfRows(tinyPdf(plant.word('text of an encapsulated PDF', 40))),
      ['0042,0010 ST DocumentTitle', plant.word('DocumentTitle')],
    ],
  },
  ...wanted.map((word, index) => ({
    ...scripts[0]!,
    label: `wanted-${index}`,
    rows: (plant: Planter): readonly Row[] => [
      ['0029,1005 LT', plant.value('private text, and TextValue at depth 3 (wanted)', word)],
      ...reportRows(word),
    ],
  })),
];
