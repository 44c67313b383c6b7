import { deflateRawSync } from 'node:zlib';
import { dataSet, type Fragments, keyOf, type Row, type Sequence, textOf } from './element.ts';
import { numbersToBytes, swap16, textToBytes } from './values.ts';

export type TransferSyntax = {
  readonly uid: string;
  readonly explicit: boolean;
  readonly bigEndian: boolean;
  readonly deflated: boolean;
};

const syntax = (uid: string, rest: Partial<TransferSyntax> = {}): TransferSyntax => ({
  uid,
  explicit: true,
  bigEndian: false,
  deflated: false,
  ...rest,
});

export const implicitLittle = syntax('1.2.840.10008.1.2', { explicit: false });
export const explicitLittle = syntax('1.2.840.10008.1.2.1');
export const deflatedLittle = syntax('1.2.840.10008.1.2.1.99', { deflated: true });
export const explicitBig = syntax('1.2.840.10008.1.2.2', { bigEndian: true });
export const jpegLossless = syntax('1.2.840.10008.1.2.4.70');
export const rleLossless = syntax('1.2.840.10008.1.2.5');

/** The VRs whose explicit form has two reserved bytes and a 32-bit length: PS3.5 Table 7.1-1. */
const longVrs = new Set('OB OD OF OL OV OW SQ SV UC UN UR UT UV'.split(' '));
const undefinedLength = 0xffffffff;

export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function header(group: number, element: number, vr: string | null, length: number, to: TransferSyntax): Uint8Array {
  const long = vr !== null && longVrs.has(vr);
  const bytes = new Uint8Array(long ? 12 : 8);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, group, !to.bigEndian);
  view.setUint16(2, element, !to.bigEndian);
  if (vr !== null) {
    bytes[4] = vr.charCodeAt(0);
    bytes[5] = vr.charCodeAt(1);
  }
  if (vr === null) view.setUint32(4, length, !to.bigEndian);
  else if (long) view.setUint32(8, length, !to.bigEndian);
  else if (length > 0xffff) throw new Error(`${vr} holds at most 65,535 bytes, not ${length}`);
  else view.setUint16(6, length, !to.bigEndian);
  return bytes;
}

/** Item tags and delimiters have no VR in any syntax: PS3.5 §7.5. */
const item = (element: number, length: number, to: TransferSyntax) => header(0xfffe, element, null, length, to);

function writeSequence(value: Sequence, to: TransferSyntax, charset: string): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const rows of value.items) {
    const content = writeDataSet(rows, to, charset);
    const open = value.itemLength === 'undefined';
    parts.push(item(0xe000, open ? undefinedLength : content.length, to), content);
    if (open) parts.push(item(0xe00d, 0, to));
  }
  if (value.sequenceLength === 'undefined') parts.push(item(0xe0dd, 0, to));
  return joinBytes(parts);
}

/** PS3.5 §A.4: the Basic Offset Table is the first item, even when it is empty. */
function writeFragments(value: Fragments, to: TransferSyntax): Uint8Array {
  const items = [numbersToBytes('UL', value.offsets, false), ...value.fragments];
  return joinBytes([...items.flatMap((bytes) => [item(0xe000, bytes.length, to), bytes]), item(0xe0dd, 0, to)]);
}

function writeElement(row: Row, to: TransferSyntax, charset: string): Uint8Array[] {
  const [key, value, options] = row;
  const { group, element, vr } = keyOf(key);
  const vrInFile = to.explicit ? vr : null;
  if (typeof value === 'object' && 'items' in value) {
    // A sequence called UN is written implicit inside, whatever stands around it: PS3.5 §6.2.2 Note 4.
    const content = writeSequence(value, vr === 'UN' ? implicitLittle : to, charset);
    const open = value.sequenceLength === 'undefined';
    return [header(group, element, vrInFile, open ? undefinedLength : content.length, to), content];
  }
  if (typeof value === 'object' && 'fragments' in value) {
    return [header(group, element, vrInFile, undefinedLength, to), writeFragments(value, to)];
  }
  let bytes: Uint8Array;
  if (typeof value === 'string') bytes = textToBytes(vr, value, charset);
  else if (value instanceof Uint8Array) bytes = vr === 'OW' && to.bigEndian ? swap16(value) : value;
  else bytes = numbersToBytes(vr, value, to.bigEndian);
  const padded = bytes.length % 2 === 1 && !options?.oddLength;
  const filler = Uint8Array.of(/^(UI|OB|UN)$/.test(vr) ? 0 : 0x20);
  return [header(group, element, vrInFile, bytes.length + (padded ? 1 : 0), to), bytes, ...(padded ? [filler] : [])];
}

/** Rows in the order given: whoever wants a well-formed data set passes them through `dataSet` first. */
export function writeDataSet(rows: readonly Row[], to: TransferSyntax, charset = ''): Uint8Array {
  const own = textOf(rows, '0008,0005') || charset;
  return joinBytes(rows.flatMap((row) => writeElement(row, to, own)));
}

export type Part10Options = { readonly preamble?: Uint8Array; readonly meta?: readonly Row[] };

/** One file of PS3.10 §7.1: preamble, prefix, meta group with its length, data set. */
export function writePart10(rows: readonly Row[], to: TransferSyntax, options: Part10Options = {}): Uint8Array {
  const meta = writeDataSet(
    dataSet(
      [
        ['0002,0001 OB FileMetaInformationVersion', Uint8Array.of(0, 1)],
        ['0002,0002 UI MediaStorageSOPClassUID', textOf(rows, '0008,0016')],
        ['0002,0003 UI MediaStorageSOPInstanceUID', textOf(rows, '0008,0018')],
        ['0002,0010 UI TransferSyntaxUID', to.uid],
        ['0002,0012 UI ImplementationClassUID', '2.25.77346530273428236548233021842183714402'],
        ['0002,0013 SH ImplementationVersionName', 'SYNTHETIC_1'],
      ],
      options.meta ?? [],
    ),
    explicitLittle,
  );
  const metaLength = writeDataSet([['0002,0000 UL', [meta.length]]], explicitLittle);
  const body = writeDataSet(rows, to);
  const stored = to.deflated ? new Uint8Array(deflateRawSync(body)) : body;
  const parts = [options.preamble ?? new Uint8Array(128), new TextEncoder().encode('DICM'), metaLength, meta, stored];
  // PS3.5 §A.5: a deflated stream of odd length is followed by one null byte.
  return joinBytes(to.deflated && stored.length % 2 === 1 ? [...parts, new Uint8Array(1)] : parts);
}
