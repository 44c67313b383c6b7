import { dataSet } from '../writing/element.ts';
import { uidFor } from '../writing/random.ts';
import { explicitLittle } from '../writing/write.ts';
import { byPlane, colourFrame, colourRows } from './colour-pixels.ts';
import { fileName } from './file-names.ts';
import { type Person, patientAndStudy, personFor } from './person.ts';
import { type SyntheticFile, syntheticFile } from './synthetic-file.ts';

export type ColourOptions = {
  readonly seed: number;
  readonly images?: number;
  readonly rows?: number;
  readonly columns?: number;
  readonly person?: Partial<Person>;
};

/** RGB secondary captures, colour by pixel and by plane in turn. */
export function* colourStudy(options: ColourOptions): Generator<SyntheticFile> {
  const { seed, images = 4, rows = 240, columns = 321 } = options;
  const person = personFor(seed, { studyDescription: 'Hautbefund', ...options.person });
  const study = uidFor(seed, 'study/colour');
  for (let index = 0; index < images; index += 1) {
    const planar = index % 2 === 0 ? 0 : 1;
    const pixels = colourFrame(seed, index, rows, columns);
    const all = dataSet(patientAndStudy(person, study), colourRows(rows, columns, planar), [
      ['0008,0016 UI SOPClassUID', '1.2.840.10008.5.1.4.1.1.7'],
      ['0008,0018 UI SOPInstanceUID', uidFor(seed, `colour ${index}`)],
      ['0008,0008 CS ImageType', 'DERIVED\\SECONDARY'],
      ['0008,0060 CS Modality', 'OT'],
      ['0008,0064 CS ConversionType', 'SI'],
      ['0008,0070 LO Manufacturer', 'Symbolon Testbed'],
      ['0020,000E UI SeriesInstanceUID', uidFor(seed, 'series/colour')],
      ['0020,0011 IS SeriesNumber', '1'],
      ['0020,0013 IS InstanceNumber', String(index + 1)],
      ['0020,0020 CS PatientOrientation', ''],
      ['0020,0060 CS Laterality', ''],
      ['7FE0,0010 OB PixelData', planar === 0 ? pixels : byPlane(pixels)],
    ]);
    yield syntheticFile(fileName(index), all, explicitLittle);
  }
}
