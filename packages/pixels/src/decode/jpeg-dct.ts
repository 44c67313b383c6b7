import { BitReader } from './bit-reader.ts';
import { type JpegHeader, jpegHeader } from './code-stream-header.ts';
import { type HuffmanTable, huffmanTables } from './huffman.ts';
import { inverseDct } from './inverse-dct.ts';
import { BlockDecoder, type BlockTables, type ScanBand, zigzag } from './jpeg-blocks.ts';
import { damagedJpeg, jpegMarkers, jpegSegment, maxScans } from './jpeg-segments.ts';

/** One component of the frame: its blocks, up to whole MCUs, and how many of them it has by itself. */
type Component = {
  readonly id: number;
  readonly across: number;
  readonly down: number;
  readonly steps: number;
  readonly stride: number;
  readonly columns: number;
  readonly rows: number;
  readonly coefficients: Int16Array;
};
type Frame = {
  readonly components: readonly Component[];
  readonly across: number;
  readonly down: number;
  readonly mcuColumns: number;
  readonly mcuRows: number;
};
type Tables = {
  readonly huffman: Map<number, HuffmanTable>;
  readonly steps: Map<number, Float64Array>;
  restartInterval: number;
};

/**
 * JPEG by cosine transform and Huffman codes, sequential or progressive (processes 1, 2, 4, 6, 8, 10 and 12), of 8 or 12 bits.
 *
 * Shape   samples by pixel; components of fewer samples are repeated. Colours come as they were coded.
 * Cost    two bytes for each sample beside the output. A block costs the stream a bit at least, so a short one cannot be vast.
 * Law     a stream that ends early is an error, not a picture with a grey rest.
 * Source  ITU-T T.81 Annexes A, B, F and G.
 *
 * @throws PixelsError PIXELS_CODE_STREAM_INVALID
 */
export function decodeJpegDct(bytes: Uint8Array): Uint16Array {
  const header = jpegHeader(bytes);
  const progressive = header.codingProcess === 0xc2;
  if (header.codingProcess > 0xc2 || (header.bits !== 8 && header.bits !== 12)) throw damagedJpeg();
  const frame = frameOf(bytes, header);
  const tables: Tables = { huffman: new Map(), steps: new Map(), restartInterval: 0 };
  const seen = new Set<Component>();
  let scans = 0;
  for (let at = 2; progressive || seen.size < frame.components.length; ) {
    const { marker, from, to } = jpegSegment(bytes, at);
    if (marker === jpegMarkers.EOI) break;
    at = to;
    if (marker === jpegMarkers.DHT)
      for (const [id, table] of huffmanTables(bytes, from, to)) tables.huffman.set(id, table);
    if (marker === jpegMarkers.DQT) readSteps(bytes, from, to, tables.steps);
    if (marker === jpegMarkers.DRI) tables.restartInterval = ((bytes[from] ?? 0) << 8) | (bytes[from + 1] ?? 0);
    if (marker !== jpegMarkers.SOS) continue;
    scans += 1;
    if (scans > maxScans) throw damagedJpeg();
    const scan = scanOf(bytes, from, to, frame, tables, progressive);
    at = decodeScan(new BitReader(bytes, to), frame, scan, tables.restartInterval);
    if (scan.band.first === 0) for (const { component } of scan.parts) seen.add(component);
  }
  if (seen.size < frame.components.length) throw damagedJpeg();
  return samplesOf(frame, tables.steps, header);
}

/** Source: ITU-T T.81 §A.1.1, §A.2.4. */
function frameOf(bytes: Uint8Array, header: JpegHeader): Frame {
  const { rows, columns, sampling } = header;
  const across = Math.max(...sampling.map((each) => each.across));
  const down = Math.max(...sampling.map((each) => each.down));
  if (sampling.some((each) => each.across < 1 || each.across > 4 || each.down < 1 || each.down > 4))
    throw damagedJpeg();
  const [mcuColumns, mcuRows] = [Math.ceil(columns / (8 * across)), Math.ceil(rows / (8 * down))];
  const blocks = sampling.reduce((sum, each) => sum + mcuColumns * each.across * mcuRows * each.down, 0);
  // Those that fill up the last MCU of a row or column need not be coded where a component has a scan of its own.
  if (blocks > bytes.length * 8 + 16 * (mcuColumns + mcuRows)) throw damagedJpeg();
  const components = sampling.map((each, n) => ({
    ...each,
    id: header.componentIds[n]!,
    stride: mcuColumns * each.across,
    columns: Math.ceil((columns * each.across) / across / 8),
    rows: Math.ceil((rows * each.down) / down / 8),
    coefficients: new Int16Array(mcuColumns * each.across * mcuRows * each.down * 64),
  }));
  return { components, across, down, mcuColumns, mcuRows };
}

type Scan = {
  readonly parts: readonly { readonly component: Component; readonly tables: BlockTables }[];
  readonly band: ScanBand;
};

function scanOf(
  bytes: Uint8Array,
  from: number,
  to: number,
  frame: Frame,
  { huffman }: Tables,
  progressive: boolean,
): Scan {
  const count = bytes[from] ?? 0;
  if (count < 1 || count > frame.components.length || from + 4 + 2 * count > to) throw damagedJpeg();
  const parts = Array.from({ length: count }, (_, n) => {
    const component = frame.components.find(({ id }) => id === bytes[from + 1 + 2 * n]);
    const chosen = bytes[from + 2 + 2 * n]!;
    if (component === undefined) throw damagedJpeg();
    return { component, tables: { dc: huffman.get(chosen >> 4), ac: huffman.get(0x10 | (chosen & 15)) } };
  });
  if (new Set(parts.map(({ component }) => component)).size < count) throw damagedJpeg();
  const tail = from + 1 + 2 * count;
  const [first, last, bits] = [bytes[tail]!, bytes[tail + 1]!, bytes[tail + 2]!];
  const band = progressive
    ? { progressive, first, last, high: bits >> 4, low: bits & 15 }
    : { progressive, first: 0, last: 63, high: 0, low: 0 };
  if (last > 63 || first > last || band.low > 13) throw damagedJpeg();
  if (progressive && (first === 0 ? last > 0 : count > 1)) throw damagedJpeg();
  return { parts, band };
}

/** Fills the coefficients that one scan brings; gives the offset of the marker behind it. */
function decodeScan(reader: BitReader, frame: Frame, { parts, band }: Scan, restartInterval: number): number {
  const blocks = new BlockDecoder(reader, band);
  const predicted = parts.map(() => 0);
  const only = parts.length === 1 ? parts[0] : undefined;
  // Alone in its scan, a component is coded block by block, without those that only fill up an MCU (§A.2.2).
  const [columns, rows] = only ? [only.component.columns, only.component.rows] : [frame.mcuColumns, frame.mcuRows];
  for (let row = 0, unit = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, unit++) {
      if (restartInterval > 0 && unit > 0 && unit % restartInterval === 0) {
        if (reader.isPastEnd()) throw damagedJpeg();
        blocks.restart();
        predicted.fill(0);
      }
      for (let n = 0; n < parts.length; n++) {
        const { component, tables } = parts[n]!;
        const { across, down, stride, coefficients } = component;
        if (only) {
          predicted[n] = blocks.block(tables, coefficients, (row * stride + column) * 64, predicted[n]!);
          continue;
        }
        for (let y = 0; y < down; y++) {
          for (let x = 0; x < across; x++) {
            const at = ((row * down + y) * stride + column * across + x) * 64;
            predicted[n] = blocks.block(tables, coefficients, at, predicted[n]!);
          }
        }
      }
    }
    if (reader.isPastEnd()) throw damagedJpeg();
  }
  return reader.markerAt();
}

/** Quantization steps come in zigzag order, of 8 or 16 bits. Source: ITU-T T.81 §B.2.4.1. */
function readSteps(bytes: Uint8Array, from: number, to: number, tables: Map<number, Float64Array>): void {
  for (let at = from; at < to; ) {
    const wide = bytes[at]! >> 4 > 0 ? 2 : 1;
    if (at + 1 + 64 * wide > to) throw damagedJpeg();
    const steps = new Float64Array(64);
    for (let n = 0; n < 64; n++) {
      const from = at + 1 + n * wide;
      steps[zigzag[n]!] = wide === 2 ? (bytes[from]! << 8) | bytes[from + 1]! : bytes[from]!;
    }
    tables.set(bytes[at]! & 15, steps);
    at += 1 + 64 * wide;
  }
}

function samplesOf(
  { components, across, down }: Frame,
  tables: ReadonlyMap<number, Float64Array>,
  { rows, columns, bits }: { rows: number; columns: number; bits: number },
): Uint16Array {
  const words = new Uint16Array(rows * columns * components.length);
  const [middle, most] = [2 ** (bits - 1) + 0.5, 2 ** bits - 1];
  const block = new Float64Array(64);
  components.forEach((component, index) => {
    const steps = tables.get(component.steps);
    if (steps === undefined) throw damagedJpeg();
    // So many pixels does one sample stand for.
    const [wide, high] = [across / component.across, down / component.down];
    for (let blockRow = 0; blockRow < component.rows; blockRow++) {
      const [top, bottom] = [blockRow * 8 * high, Math.min((blockRow + 1) * 8 * high, rows)];
      for (let blockColumn = 0; blockColumn < component.columns; blockColumn++) {
        inverseDct(component.coefficients, (blockRow * component.stride + blockColumn) * 64, steps, block);
        const [left, right] = [blockColumn * 8 * wide, Math.min((blockColumn + 1) * 8 * wide, columns)];
        for (let y = Math.ceil(top); y < bottom; y++) {
          const from = Math.floor((y - top) / high) * 8;
          let to = (y * columns + Math.ceil(left)) * components.length + index;
          for (let x = Math.ceil(left); x < right; x++, to += components.length) {
            const value = block[from + Math.floor((x - left) / wide)]! + middle;
            words[to] = value < 0 ? 0 : value > most ? most : value;
          }
        }
      }
    }
  });
  return words;
}
