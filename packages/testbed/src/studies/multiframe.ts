import { dataSet, openSequence, type Row, sequence } from '../writing/element.ts';
import { uidFor } from '../writing/random.ts';
import { explicitLittle, joinBytes } from '../writing/write.ts';
import { bodySlices } from './body-pixels.ts';
import { colourFrame, colourRows } from './colour-pixels.ts';
import { fileName } from './file-names.ts';
import { type Person, patientAndStudy, personFor } from './person.ts';
import { type SyntheticFile, syntheticFile } from './synthetic-file.ts';

export type MultiframeOptions = {
  readonly seed: number;
  readonly frames?: number;
  readonly rows?: number;
  readonly columns?: number;
  readonly person?: Partial<Person>;
};

/** Two files of one study: an ultrasound cine in RGB, then an enhanced MR with functional groups. */
export function* multiframeStudy(options: MultiframeOptions): Generator<SyntheticFile> {
  const { seed, frames = 12, rows = 240, columns = 320 } = options;
  const person = personFor(seed, { studyDescription: 'Echo und MR Herz', ...options.person });
  const base = dataSet(patientAndStudy(person, uidFor(seed, 'study/multiframe')), [
    ['0008,0070 LO Manufacturer', 'Symbolon Testbed'],
    ['0020,0013 IS InstanceNumber', '1'],
    ['0028,0008 IS NumberOfFrames', String(frames)],
  ]);
  yield syntheticFile(fileName(3), dataSet(base, cine(seed, frames, rows, columns)), explicitLittle);
  yield syntheticFile(fileName(4), dataSet(base, enhanced(seed, frames, rows, columns)), explicitLittle);
}

function cine(seed: number, frames: number, rows: number, columns: number): readonly Row[] {
  return [
    ...colourRows(rows, columns, 0),
    ['0008,0016 UI SOPClassUID', '1.2.840.10008.5.1.4.1.1.3.1'],
    ['0008,0018 UI SOPInstanceUID', uidFor(seed, 'cine')],
    ['0008,0008 CS ImageType', 'ORIGINAL\\PRIMARY'],
    ['0008,0060 CS Modality', 'US'],
    ['0018,1063 DS FrameTime', '33.3'],
    ['0020,000E UI SeriesInstanceUID', uidFor(seed, 'series/cine')],
    ['0020,0011 IS SeriesNumber', '1'],
    ['0020,0020 CS PatientOrientation', ''],
    ['0020,0060 CS Laterality', ''],
    ['0028,0009 AT FrameIncrementPointer', [0x0018, 0x1063]],
    ['0028,0014 US UltrasoundColorDataPresent', [1]],
    ['0028,2110 CS LossyImageCompression', '00'],
    [
      '7FE0,0010 OB PixelData',
      joinBytes(Array.from({ length: frames }, (_, frame) => colourFrame(seed, frame, rows, columns))),
    ],
  ];
}

function enhanced(seed: number, frames: number, rows: number, columns: number): readonly Row[] {
  const slices = bodySlices(seed, rows, columns, frames);
  return [
    ['0008,0016 UI SOPClassUID', '1.2.840.10008.5.1.4.1.1.4.1'],
    ['0008,0018 UI SOPInstanceUID', uidFor(seed, 'enhanced')],
    ['0008,0008 CS ImageType', 'ORIGINAL\\PRIMARY\\VOLUME\\NONE'],
    ['0008,0023 DA ContentDate', '20240311'],
    ['0008,0033 TM ContentTime', '101700'],
    ['0008,0060 CS Modality', 'MR'],
    ['0020,000E UI SeriesInstanceUID', uidFor(seed, 'series/enhanced')],
    ['0020,0011 IS SeriesNumber', '2'],
    ['0020,0052 UI FrameOfReferenceUID', uidFor(seed, 'frame of reference/enhanced')],
    [
      '0020,9221 SQ DimensionOrganizationSequence',
      sequence([['0020,9164 UI DimensionOrganizationUID', uidFor(seed, 'dimensions')]]),
    ],
    ['0028,0002 US SamplesPerPixel', [1]],
    ['0028,0004 CS PhotometricInterpretation', 'MONOCHROME2'],
    ['0028,0010 US Rows', [rows]],
    ['0028,0011 US Columns', [columns]],
    ['0028,0100 US BitsAllocated', [16]],
    ['0028,0101 US BitsStored', [12]],
    ['0028,0102 US HighBit', [11]],
    ['0028,0103 US PixelRepresentation', [0]],
    [
      '5200,9229 SQ SharedFunctionalGroupsSequence',
      sequence([
        [
          '0020,9116 SQ PlaneOrientationSequence',
          sequence([['0020,0037 DS ImageOrientationPatient', '1\\0\\0\\0\\1\\0']]),
        ],
        [
          '0028,9110 SQ PixelMeasuresSequence',
          sequence([
            ['0018,0050 DS SliceThickness', '6'],
            ['0028,0030 DS PixelSpacing', '1.25\\1.25'],
          ]),
        ],
      ]),
    ],
    ['5200,9230 SQ PerFrameFunctionalGroupsSequence', openSequence(...frameGroups(frames))],
    ['7FE0,0010 OW PixelData', joinBytes(Array.from({ length: frames }, (_, frame) => slices(frame)))],
  ];
}

const frameGroups = (frames: number): readonly (readonly Row[])[] =>
  Array.from({ length: frames }, (_, frame) => [
    [
      '0020,9111 SQ FrameContentSequence',
      sequence([
        ['0018,9074 DT FrameAcquisitionDateTime', '20240311101700.000000'],
        ['0020,9157 UL DimensionIndexValues', [1, frame + 1]],
      ]),
    ],
    [
      '0020,9113 SQ PlanePositionSequence',
      sequence([['0020,0032 DS ImagePositionPatient', `-150\\-150\\${frame * 6}`]]),
    ],
    [
      '0028,9132 SQ FrameVOILUTSequence',
      sequence([
        ['0028,1050 DS WindowCenter', '1000'],
        ['0028,1051 DS WindowWidth', '800'],
      ]),
    ],
  ]);
