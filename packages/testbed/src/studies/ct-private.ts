import { openSequence, type Row, sequence } from '../writing/element.ts';

/**
 * Private blocks as vendors write them (PS3.5 §7.8.1): two creators in one group, a block that is not at 10, a binary
 * header, and a private sequence that holds a sequence.
 */
export function ctPrivateRows(slice: number): readonly Row[] {
  const header = new Uint8Array(512).map((_, at) => (at * 7 + slice) & 0xff);
  return [
    ['0019,0010 LO PrivateCreator', 'SYNTHETIC CT VA0 COAD'],
    ['0019,1008 CS', 'SPIRAL'],
    ['0019,1042 DS', '0.6\\0.3'],
    ['0019,1090 IS', String(1000 + slice)],
    ['0019,10B0 DS', '1.1'],
    ['0021,0011 LO PrivateCreator', 'SYNTHETIC MED'],
    ['0021,1111 DS', '0'],
    ['0021,1120 LO', 'Tisch Nr. 4'],
    ['0029,0010 LO PrivateCreator', 'SYNTHETIC CSA HEADER'],
    ['0029,0011 LO PrivateCreator', 'SYNTHETIC MEDCOM HEADER'],
    ['0029,1008 CS', 'SOM 5'],
    ['0029,1010 OB', header],
    [
      '0029,1140 SQ',
      openSequence(
        [
          ['0029,0010 LO PrivateCreator', 'SYNTHETIC MEDCOM HEADER'],
          ['0029,1042 LO', 'MEDCOM 1'],
          ['0029,1044 SQ', sequence([['0008,1030 LO StudyDescription', 'inside a private sequence']])],
        ],
        [['0029,0010 LO PrivateCreator', 'SYNTHETIC MEDCOM HEADER']],
      ),
    ],
    ['0029,1160 UN', Uint8Array.of(1, 2, 3, 4, 5, 6)],
  ];
}
