import { code, dataSet, openSequence, type Row, sequence } from '../writing/element.ts';
import { seeded, uidFor } from '../writing/random.ts';
import { type ExoticFile, exoticFile, plainObject } from './exotic-file.ts';
import { tinyPdf } from './tiny-pdf.ts';

/** Objects that are no pictures: a document, a waveform, a report, a key object selection, a presentation state. */
export function exoticObjects(seed: number): readonly ExoticFile[] {
  const make = (quirk: string, sopClassUid: string, modality: string, rows: readonly Row[]) =>
    exoticFile(seed, quirk, dataSet(plainObject(seed, sopClassUid, modality), rows));
  return [
    make('encapsulated PDF', '1.2.840.10008.5.1.4.1.1.104.1', 'DOC', pdfRows(tinyPdf('Befund: unauffaellig'))),
    make('ECG waveform', '1.2.840.10008.5.1.4.1.1.9.1.1', 'ECG', waveformRows(seed)),
    make('structured report', '1.2.840.10008.5.1.4.1.1.88.11', 'SR', reportRows('Kein Infiltrat. Herz normal groß.')),
    make('key object selection', '1.2.840.10008.5.1.4.1.1.88.59', 'KO', keyObjectRows(seed)),
    make('raw data', '1.2.840.10008.5.1.4.1.1.66', 'CT', [
      ['0018,9073 FD AcquisitionDuration', [1.5]],
      ['0029,0010 LO PrivateCreator', 'SYNTHETIC RAW'],
      ['0029,1001 OB', seeded(seed, 'raw').bytes(5001)],
    ]),
  ];
}

export const pdfRows = (pdf: Uint8Array): readonly Row[] => [
  ['0008,002A DT AcquisitionDateTime', ''],
  ['0008,0064 CS ConversionType', 'WSD'],
  ['0020,0060 CS Laterality', ''],
  ['0028,0301 CS BurnedInAnnotation', 'YES'],
  ['0040,A043 SQ ConceptNameCodeSequence', sequence()],
  ['0042,0010 ST DocumentTitle', 'Befund'],
  ['0042,0011 OB EncapsulatedDocument', pdf],
  ['0042,0012 LO MIMETypeOfEncapsulatedDocument', 'application/pdf'],
  ['0042,0015 UL EncapsulatedDocumentLength', [pdf.length]],
];

function waveformRows(seed: number): readonly Row[] {
  const random = seeded(seed, 'ecg');
  const channel = (meaning: string): readonly Row[] => [
    ['003A,0208 SQ ChannelSourceSequence', sequence(code('5.6.3-9-1', 'SCPECG', meaning))],
    ['003A,0210 DS ChannelSensitivity', '2.5'],
    ['003A,0211 SQ ChannelSensitivityUnitsSequence', sequence(code('uV', 'UCUM', 'microvolt'))],
    ['003A,021A US WaveformBitsStored', [16]],
  ];
  const samples = Array.from({ length: 2000 }, (_, n) => Math.round(400 * Math.sin(n / 9) ** 9) + random.below(9));
  return [
    ['0040,0555 SQ AcquisitionContextSequence', sequence()],
    [
      '5400,0100 SQ WaveformSequence',
      openSequence([
        ['003A,0004 CS WaveformOriginality', 'ORIGINAL'],
        ['003A,0005 US NumberOfWaveformChannels', [2]],
        ['003A,0010 UL NumberOfWaveformSamples', [1000]],
        ['003A,001A DS SamplingFrequency', '500'],
        ['003A,0200 SQ ChannelDefinitionSequence', sequence(channel('Lead I'), channel('Lead II'))],
        ['5400,1004 US WaveformBitsAllocated', [16]],
        ['5400,1006 CS WaveformSampleInterpretation', 'SS'],
        ['5400,1010 OW WaveformData', samples.map((sample) => sample & 0xffff)],
      ]),
    ],
  ];
}

const concept = (value: string, scheme: string, meaning: string): Row => [
  '0040,A043 SQ ConceptNameCodeSequence',
  sequence(code(value, scheme, meaning)),
];

const contains: Row = ['0040,A010 CS RelationshipType', 'CONTAINS'];

/** A tree of three levels: the text stands in an item of an item of an item. */
export const reportRows = (finding: string): readonly Row[] => [
  ['0008,1111 SQ ReferencedPerformedProcedureStepSequence', sequence()],
  concept('18748-4', 'LN', 'Diagnostic imaging report'),
  ['0040,A040 CS ValueType', 'CONTAINER'],
  ['0040,A050 CS ContinuityOfContent', 'SEPARATE'],
  ['0040,A491 CS CompletionFlag', 'COMPLETE'],
  ['0040,A493 CS VerificationFlag', 'UNVERIFIED'],
  ['0040,A372 SQ PerformedProcedureCodeSequence', sequence()],
  [
    '0040,A730 SQ ContentSequence',
    openSequence([
      contains,
      ['0040,A040 CS ValueType', 'CONTAINER'],
      concept('121070', 'DCM', 'Findings'),
      ['0040,A050 CS ContinuityOfContent', 'SEPARATE'],
      [
        '0040,A730 SQ ContentSequence',
        sequence([
          contains,
          ['0040,A040 CS ValueType', 'CONTAINER'],
          concept('121069', 'DCM', 'Previous findings'),
          ['0040,A050 CS ContinuityOfContent', 'SEPARATE'],
          [
            '0040,A730 SQ ContentSequence',
            openSequence([
              contains,
              ['0040,A040 CS ValueType', 'TEXT'],
              concept('121071', 'DCM', 'Finding'),
              ['0040,A160 UT TextValue', finding],
            ]),
          ],
        ]),
      ],
    ]),
  ],
];

const keyObjectRows = (seed: number): readonly Row[] => [
  concept('113000', 'DCM', 'Of Interest'),
  ['0040,A040 CS ValueType', 'CONTAINER'],
  ['0040,A050 CS ContinuityOfContent', 'SEPARATE'],
  [
    '0040,A730 SQ ContentSequence',
    sequence([
      [
        '0008,1199 SQ ReferencedSOPSequence',
        sequence([
          ['0008,1150 UI ReferencedSOPClassUID', '1.2.840.10008.5.1.4.1.1.2'],
          ['0008,1155 UI ReferencedSOPInstanceUID', uidFor(seed, 'exotic instance no pixel data')],
        ]),
      ],
      contains,
      ['0040,A040 CS ValueType', 'IMAGE'],
    ]),
  ],
];
