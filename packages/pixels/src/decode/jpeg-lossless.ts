import { PixelsError } from '../errors.ts';
import { BitReader } from './bit-reader.ts';
import { jpegHeader } from './code-stream-header.ts';
import { type HuffmanTable, huffmanTables } from './huffman.ts';
import { damagedJpeg, jpegMarkers, jpegSegment } from './jpeg-segments.ts';

/** Samples by pixel, as many bits as the frame header says. */
export type LosslessPicture = { readonly words: Uint16Array; readonly bits: number };

type Component = { readonly at: number; readonly table: HuffmanTable };
type Scan = {
  readonly rows: number;
  readonly columns: number;
  readonly stride: number;
  readonly components: readonly Component[];
  readonly predictor: number;
  readonly shift: number;
  readonly bits: number;
  readonly restartInterval: number;
};

/**
 * JPEG lossless, Huffman coded: process 14, of which selection value 1 is DICOM's first-order prediction.
 *
 * Shape   components of one size, in one scan or in several; restart intervals of whole rows.
 * Cost    O(pixels and bytes); the output is allocated by the frame header, which the caller has held against its own.
 * Law     a stream that ends early is an error, not a picture with a black rest.
 * Source  ITU-T T.81 Annex H, §F.2.2, §B.2.
 *
 * @throws PixelsError PIXELS_CODE_STREAM_INVALID
 * @throws PixelsError UNSUPPORTED_TRANSFER_SYNTAX  components share samples, or come in blocks
 */
export function decodeJpegLossless(bytes: Uint8Array): LosslessPicture {
  const { rows, columns, components, componentIds, bits, codingProcess, sampling } = jpegHeader(bytes);
  // A sample costs a bit at least.
  if (codingProcess !== 0xc3 || bits < 2 || bits > 16 || rows * columns * components > bytes.length * 8)
    throw damagedJpeg();
  if (components > 1 && sampling.some(({ across, down }) => across !== 1 || down !== 1))
    throw new PixelsError(
      'UNSUPPORTED_TRANSFER_SYNTAX',
      'The picture is stored as lossless JPEG whose pixels share colours or come in blocks, which this version cannot show. The file itself is whole and can be downloaded.',
    );
  const words = new Uint16Array(rows * columns * components);
  const tables = new Map<number, HuffmanTable>();
  const done = new Set<number>();
  let restartInterval = 0;
  for (let at = 2; done.size < components; ) {
    const { marker, from, to } = jpegSegment(bytes, at);
    if (marker === jpegMarkers.EOI) throw damagedJpeg();
    if (marker === jpegMarkers.DHT) for (const [id, table] of huffmanTables(bytes, from, to)) tables.set(id, table);
    if (marker === jpegMarkers.DRI) restartInterval = ((bytes[from] ?? 0) << 8) | (bytes[from + 1] ?? 0);
    at = to;
    if (marker !== jpegMarkers.SOS) continue;
    const inScan = scanComponents(bytes, from, to, componentIds, tables);
    const tail = from + 1 + 2 * inScan.length;
    const shift = (bytes[tail + 2] ?? 0) & 15;
    const predictor = bytes[tail] ?? 0;
    if (predictor < 1 || predictor > 7 || shift >= bits) throw damagedJpeg();
    const scan = { rows, columns, stride: components, components: inScan, predictor, shift, bits, restartInterval };
    at = decodeScan(new BitReader(bytes, to), scan, words);
    for (const { at: index } of inScan) done.add(index);
  }
  return { words, bits };
}

function scanComponents(
  bytes: Uint8Array,
  from: number,
  to: number,
  ids: readonly number[],
  tables: ReadonlyMap<number, HuffmanTable>,
): Component[] {
  const count = bytes[from] ?? 0;
  if (count < 1 || count > 4 || from + 4 + 2 * count > to) throw damagedJpeg();
  return Array.from({ length: count }, (_, n) => {
    const at = ids.indexOf(bytes[from + 1 + 2 * n]!);
    const table = tables.get(bytes[from + 2 + 2 * n]! >> 4);
    if (at < 0 || table === undefined) throw damagedJpeg();
    return { at, table };
  });
}

/** Fills the samples of one scan's components; gives the offset of the marker behind it. */
function decodeScan(reader: BitReader, scan: Scan, words: Uint16Array): number {
  const { rows, columns, stride, components, predictor, shift, bits, restartInterval } = scan;
  const rowLength = columns * stride;
  const initial = 2 ** (bits - shift - 1);
  if (restartInterval % columns !== 0) throw damagedJpeg();
  const rowsPerRestart = restartInterval === 0 ? rows : restartInterval / columns;
  for (let row = 0; row < rows; row++) {
    const firstRow = row % rowsPerRestart === 0;
    if (firstRow && row > 0) reader.restart();
    for (let column = 0; column < columns; column++) {
      const pixel = row * rowLength + column * stride;
      for (let n = 0; n < components.length; n++) {
        const { at, table } = components[n]!;
        const to = pixel + at;
        let prediction: number;
        if (column === 0) prediction = firstRow ? initial : words[to - rowLength]!;
        else if (firstRow) prediction = words[to - stride]!;
        else
          prediction = predict(predictor, words[to - stride]!, words[to - rowLength]!, words[to - rowLength - stride]!);
        words[to] = prediction + reader.difference(table);
      }
    }
    if (reader.isPastEnd()) throw damagedJpeg();
  }
  // Left shifted only now: prediction is made from the shifted-down samples.
  if (shift > 0)
    for (const { at } of components) for (let to = at; to < words.length; to += stride) words[to] = words[to]! << shift;
  return reader.markerAt();
}

/** Table H.1, by left, above, and above left. */
function predict(predictor: number, left: number, above: number, corner: number): number {
  switch (predictor) {
    case 1:
      return left;
    case 2:
      return above;
    case 3:
      return corner;
    case 4:
      return left + above - corner;
    case 5:
      return left + ((above - corner) >> 1);
    case 6:
      return above + ((left - corner) >> 1);
    default:
      return (left + above) >> 1;
  }
}
