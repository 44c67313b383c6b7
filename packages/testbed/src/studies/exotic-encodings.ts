import { dataSet, openSequence, type Row, type Sequence, sequence } from '../writing/element.ts';
import { seeded } from '../writing/random.ts';
import { deflatedLittle, explicitBig, implicitLittle } from '../writing/write.ts';
import { type ExoticFile, exoticFile, smallCt } from './exotic-file.ts';

/** Every sequence and item of a data set with the one kind of length. */
function withLengths(rows: readonly Row[], kind: Sequence['itemLength']): readonly Row[] {
  return rows.map(([key, value, options]): Row => {
    if (typeof value !== 'object' || !('items' in value)) return options ? [key, value, options] : [key, value];
    const items = value.items.map((item) => withLengths(item, kind));
    return [key, { items, sequenceLength: kind, itemLength: kind }];
  });
}

const nested = (depth: number): Sequence =>
  openSequence(
    depth === 0
      ? [['0040,A160 UT TextValue', 'the bottom']]
      : [
          ['0040,A040 CS ValueType', 'CONTAINER'],
          ['0040,A730 SQ ContentSequence', depth % 2 === 0 ? sequence(...nested(depth - 1).items) : nested(depth - 1)],
        ],
  );

const tiffPreamble = (): Uint8Array => {
  const preamble = new Uint8Array(128);
  preamble.set([0x49, 0x49, 0x2a, 0x00, 0x08]);
  return preamble;
};

const scriptPreamble = (): Uint8Array => {
  const preamble = new Uint8Array(128).fill(0x0a);
  preamble.set(new TextEncoder().encode('#!/bin/sh\necho this file is a program\nexit 0\n'));
  return preamble;
};

/** Transfer syntaxes, lengths, paddings: the same small CT slice, written in every way there is. */
export function exoticEncodings(seed: number): readonly ExoticFile[] {
  const ct = smallCt(seed);
  const make = (quirk: string, extra: readonly Row[] = [], bend = {}) =>
    exoticFile(seed, quirk, dataSet(ct, extra), bend);
  return [
    make('implicit VR little endian', [], { syntax: implicitLittle }),
    make('explicit VR big endian', [], { syntax: explicitBig }),
    make('deflated', [], { syntax: deflatedLittle }),
    exoticFile(seed, 'undefined lengths everywhere', withLengths(ct, 'undefined')),
    exoticFile(seed, 'defined lengths everywhere', withLengths(ct, 'defined')),
    exoticFile(seed, 'undefined lengths, implicit', withLengths(ct, 'undefined'), { syntax: implicitLittle }),
    make('undefined sequence, defined items', [
      ['0008,1140 SQ', { items: [[], []], sequenceLength: 'undefined', itemLength: 'defined' }],
      ['0008,1110 SQ', { items: [[], []], sequenceLength: 'defined', itemLength: 'undefined' }],
    ]),
    make('empty sequences', [
      ['0008,1110 SQ', sequence()],
      ['0008,1140 SQ', openSequence()],
    ]),
    make('UN sequence of undefined length', [
      ['0029,0012 LO PrivateCreator', 'SYNTHETIC UN'],
      ['0029,1210 UN', openSequence([['0010,0010 PN PatientName', 'Inside^Unknown']])],
    ]),
    make('odd-length values', [
      ['0008,1010 SH StationName', 'ODD', { oddLength: true }],
      ['0008,1030 LO StudyDescription', 'three', { oddLength: true }],
    ]),
    make('group lengths', [
      ['0008,0000 UL GenericGroupLength', [0xfffffff0]],
      ['0010,0000 UL GenericGroupLength', [2]],
    ]),
    make('trailing padding', [['FFFC,FFFC OB DataSetTrailingPadding', new Uint8Array(256)]]),
    make('TIFF preamble', [], { part10: { preamble: tiffPreamble() } }),
    make('preamble that is a shell script', [], { part10: { preamble: scriptPreamble() } }),
    make('private elements in the meta group', [], {
      part10: {
        meta: [
          ['0002,0016 AE SourceApplicationEntityTitle', 'SYNTHETIC'],
          ['0002,0100 UI PrivateInformationCreatorUID', '2.999.7'],
          ['0002,0102 OB PrivateInformation', seeded(seed, 'meta').bytes(40)],
        ],
      },
    }),
    make('private tags without creator', [
      ['0009,1001 LO', 'nobody claims this block'],
      ['0051,00FF LO PrivateCreator', 'SYNTHETIC LAST BLOCK'],
      ['0051,FF01 LO', 'the last block'],
      ['7FE1,0010 LO PrivateCreator', 'SYNTHETIC AFTER PIXELS'],
      ['7FE1,1010 OB', seeded(seed, 'after').bytes(333)],
    ]),
    make('nested forty deep', [['0040,A730 SQ ContentSequence', nested(40)]]),
    make('a text of 200,000 characters', [['0040,A160 UT TextValue', 'Befund. '.repeat(25_000)]]),
    make('empty PatientID', [['0010,0020 LO PatientID', '']]),
    make('no patient module', [
      ['0010,0010 PN PatientName', ''],
      ['0010,0020 LO PatientID', ''],
      ['0010,0030 DA PatientBirthDate', ''],
    ]),
  ];
}
