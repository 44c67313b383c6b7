import { type ExoticFile, exoticFile, smallCt } from './exotic-file.ts';

/** The charset attribute, the name in Unicode, and its bytes; text in the hex column stands for itself. */
type Name = readonly [charset: string, unicode: string, bytes: string];

/** `<1b>` is a byte; the rest is ASCII. */
function bytesOf(notation: string): Uint8Array {
  const bytes: number[] = [];
  for (const [token, hex] of notation.matchAll(/<([0-9a-f ]+)>|[^<]/g)) {
    if (hex === undefined) bytes.push(token.charCodeAt(0));
    else bytes.push(...hex.split(' ').map((pair) => Number.parseInt(pair, 16)));
  }
  return Uint8Array.from(bytes);
}

/** The examples of PS3.5 Annexes H to K, and a name in each of the single-byte sets. */
const names: readonly Name[] = [
  [
    '\\ISO 2022 IR 87', // §H.3.1
    'Yamada^Tarou=山田^太郎=やまだ^たろう',
    'Yamada^Tarou=<1b>$B;3ED<1b>(B^<1b>$BB@O:<1b>(B=<1b>$B$d$^$@<1b>(B^<1b>$B$?$m$&<1b>(B',
  ],
  [
    'ISO 2022 IR 13\\ISO 2022 IR 87', // §H.3.2
    'ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう',
    '<d4 cf c0 de>^<c0 db b3>=<1b>$B;3ED<1b>(J^<1b>$BB@O:<1b>(J=<1b>$B$d$^$@<1b>(J^<1b>$B$?$m$&<1b>(J',
  ],
  [
    '\\ISO 2022 IR 149', // §I.2
    'Hong^Gildong=洪^吉洞=홍^길동',
    'Hong^Gildong=<1b>$)C<fb f3>^<1b>$)C<d1 ce d4 d7>=<1b>$)C<c8 ab>^<1b>$)C<b1 e6 b5 bf>',
  ],
  ['GB18030', 'Wang^XiaoDong=王^小东=', 'Wang^XiaoDong=<cd f5>^<d0 a1 b6 ab>='], // §J.3
  ['GBK', 'Wang^XiaoDong=王^小东=', 'Wang^XiaoDong=<cd f5>^<d0 a1 b6 ab>='],
  ['\\ISO 2022 IR 58', 'Zhang^XiaoDong=张^小东=', 'Zhang^XiaoDong=<1b>$)A<d5 c5>^<1b>$)A<d0 a1 b6 ab>='], // §K.2
  [
    'ISO_IR 192', // §J.1
    'Wang^XiaoDong=王^小東=',
    'Wang^XiaoDong=<e7 8e 8b>^<e5 b0 8f e6 9d b1>=',
  ],
  ['ISO_IR 100', 'Buc^Jérôme', 'Buc^J<e9>r<f4>me'],
  ['ISO_IR 101', 'Wałęsa', 'Wa<b3 ea>sa'],
  ['ISO_IR 126', 'Διονυσιος', '<c4 e9 ef ed f5 f3 e9 ef f2>'],
  ['ISO_IR 127', 'قباني^لنزار', '<e2 c8 c7 e6 ea>^<e4 e6 d2 c7 d1>'],
  ['ISO_IR 138', 'שרון^דבורה', '<f9 f8 e5 ef>^<e3 e1 e5 f8 e4>'],
  ['ISO_IR 144', 'Люксембург', '<bb ee da e1 d5 dc d1 e3 e0 d3>'],
  [
    'ISO 2022 IR 100\\ISO 2022 IR 144',
    'Müller^Иван',
    'M<fc>ller^<1b>-L<b8 d2 d0 dd>', // The escape that switches G1 to Cyrillic: PS3.3 Table C.12-3.
  ],
];

/** The same slice with a patient's name in every character set that the field uses. */
export function exoticNames(seed: number): readonly ExoticFile[] {
  return names.map(([charset, unicode, bytes]) => ({
    ...exoticFile(seed, `name in ${charset}`, smallCt(seed, { patientName: { bytes: bytesOf(bytes), charset } })),
    patientName: unicode,
  }));
}
