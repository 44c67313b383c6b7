import { dataSet, type Row, without } from '../writing/element.ts';
import { seeded } from '../writing/random.ts';
import { explicitLittle, writeDataSet, writePart10 } from '../writing/write.ts';
import { smallCt } from './exotic-file.ts';

export type BrokenFile = {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** What is wrong with it, as a refusal should say it. */
  readonly why: string;
  /** Set where DCMTK's dcmdump takes the file all the same: the reason. */
  readonly dcmdumpTakesIt?: string;
};

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

/** The offset of an element's tag in an explicit little-endian file: the first place where its header stands. */
function offsetOf(bytes: Uint8Array, group: number, element: number, vr: string): number {
  const wanted = Buffer.from([group & 0xff, group >> 8, element & 0xff, element >> 8, ...text(vr)]);
  const at = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(wanted);
  if (at < 0) throw new Error('the element is not in the file');
  return at;
}

function withLength(bytes: Uint8Array, at: number, width: 2 | 4, length: number): Uint8Array {
  const bent = bytes.slice();
  const view = new DataView(bent.buffer);
  if (width === 2) view.setUint16(at, length, true);
  else view.setUint32(at, length, true);
  return bent;
}

/** The last element, a sequence, with its length undefined. */
function openEnded(bytes: Uint8Array): Uint8Array {
  return withLength(bytes, offsetOf(bytes, 0x7fe1, 0x0010, 'SQ') + 8, 4, 0xffffffff);
}

/** Files that an exchange must refuse, or take for what they are not, one fault each. */
export function brokenFiles(seed: number): BrokenFile[] {
  const rows = smallCt(seed);
  const whole = writePart10(rows, explicitLittle);
  const pixelData = offsetOf(whole, 0x7fe0, 0x0010, 'OW');
  const description = offsetOf(whole, 0x0008, 0x1030, 'LO');
  const privateText = offsetOf(whole, 0x0029, 0x1010, 'OB');
  const random = seeded(seed, 'broken');
  const part10 = (changed: readonly Row[]) => writePart10(changed, explicitLittle);
  return [
    { name: 'README.txt', bytes: text('These are your pictures.\r\n'), why: 'text' },
    { name: 'empty.dcm', bytes: new Uint8Array(0), why: 'an empty file' },
    { name: 'photo.jpg', bytes: tinyJpeg, why: 'a JPEG' },
    { name: '.DS_Store', bytes: dsStore(), why: "a Finder's index" },
    { name: 'Thumbs.db', bytes: Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1), why: 'an OLE file' },
    { name: 'zeros.dcm', bytes: new Uint8Array(4096), why: 'nothing but zeros', dcmdumpTakesIt: zeros },
    { name: 'noise.dcm', bytes: random.bytes(4096), why: 'nothing but noise' },
    { name: 'preamble only.dcm', bytes: whole.slice(0, 128), why: 'it ends before "DICM"', dcmdumpTakesIt: zeros },
    {
      name: 'prefix only.dcm',
      bytes: whole.slice(0, 132),
      why: 'it ends after "DICM"',
    },
    { name: 'DICM then garbage.dcm', bytes: prefixed(random.bytes(2000)), why: 'garbage after "DICM"' },
    { name: 'cut in the meta group.dcm', bytes: whole.slice(0, 180), why: 'cut short in the meta group' },
    { name: 'cut in the header.dcm', bytes: whole.slice(0, description + 11), why: 'cut short in the header' },
    { name: 'cut in a tag.dcm', bytes: whole.slice(0, description + 3), why: 'cut short in a tag' },
    { name: 'cut in the pixel data.dcm', bytes: whole.slice(0, -1001), why: 'cut short in the pixel data' },
    { name: 'one byte short.dcm', bytes: whole.slice(0, -1), why: 'the last byte is missing' },
    {
      name: 'length past the end.dcm',
      bytes: withLength(whole, privateText + 8, 4, whole.length),
      why: 'an element claims more than remains',
    },
    {
      name: 'length FFFFFFF0.dcm',
      bytes: withLength(whole, privateText + 8, 4, 0xfffffff0),
      why: 'an element claims four gigabytes',
    },
    {
      name: 'length FFFFFFF0 of the pixel data.dcm',
      bytes: withLength(whole, pixelData + 8, 4, 0xfffffff0),
      why: 'the pixel data claims four gigabytes',
    },
    {
      name: 'short length that lies.dcm',
      bytes: withLength(whole, description + 6, 2, 7),
      why: 'a length that ends within the value: what follows is no element',
    },
    {
      name: 'meta group length that lies.dcm',
      bytes: withLength(whole, 140, 4, 0x7fffffff),
      why: 'the meta group claims two gigabytes',
      dcmdumpTakesIt: 'it reads the group by its tags, not by its length',
    },
    {
      name: 'undefined length of a text.dcm',
      bytes: withLength(whole, privateText + 8, 4, 0xffffffff),
      why: 'a value of undefined length with no items in it',
    },
    {
      name: 'item without an end.dcm',
      bytes: openEnded(
        part10([
          ...without(rows, '7FE0,0010'),
          ['7FE1,0010 SQ', Uint8Array.of(0xfe, 0xff, 0, 0xe0, 255, 255, 255, 255)],
        ]),
      ),
      why: 'a sequence and an item of undefined length that nothing ends',
    },
    {
      name: 'no SOPInstanceUID.dcm',
      bytes: part10(without(rows, '0008,0018')),
      why: 'SOPInstanceUID is missing',
      dcmdumpTakesIt: 'it reads elements and asks for none',
    },
    {
      name: 'empty StudyInstanceUID.dcm',
      bytes: part10(dataSet(rows, [['0020,000D UI StudyInstanceUID', '']])),
      why: 'StudyInstanceUID is empty',
      dcmdumpTakesIt: 'it reads elements and asks for none',
    },
    {
      name: 'UID that is none.dcm',
      bytes: part10(dataSet(rows, [['0008,0018 UI SOPInstanceUID', '../../etc/passwd']])),
      why: 'SOPInstanceUID is not a UID',
      dcmdumpTakesIt: 'it does not look into values',
    },
    {
      name: 'no meta group.dcm',
      bytes: prefixed(writeDataSet(rows, explicitLittle)),
      why: 'there is no meta group, so that nothing says the transfer syntax',
      dcmdumpTakesIt: 'it guesses the transfer syntax',
    },
  ];
}

function prefixed(content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(132 + content.length);
  bytes.set(text('DICM'), 128);
  bytes.set(content, 132);
  return bytes;
}

function dsStore(): Uint8Array {
  const bytes = new Uint8Array(6148);
  bytes.set([0, 0, 0, 1, ...text('Bud1'), 0, 0, 0x10, 0, 0, 0, 8, 0]);
  return bytes;
}

/** Without a preamble it reads a data set from byte 0, where zeros are elements of length 0. */
const zeros = 'zeros are empty elements (0000,0000) to it';

/** Start, JFIF header, end: what a folder of pictures has among the DICOM files. */
const tinyJpeg = Uint8Array.of(
  ...[0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0],
  ...[0xff, 0xd9],
);
