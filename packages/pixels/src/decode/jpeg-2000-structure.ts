import { PixelsError } from '../errors.ts';

const markers = { COD: 0xff52, COC: 0xff53, SOT: 0xff90, SOD: 0xff93, EOC: 0xffd9 } as const;

/** What the reference grid and its tiles are. Units: points of the grid. */
type Grid = {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly tileWidth: number;
  readonly tileHeight: number;
  readonly tileLeft: number;
  readonly tileTop: number;
  readonly components: number;
};

/**
 * Walks the tile-parts of a JPEG 2000 or HTJ2K stream: each is as long as it says, every tile is there with all of its parts,
 * and there are bytes enough for the packets that its precincts and layers make. Nothing is decoded.
 *
 * A stream may be cut at the end of a packet and still be decoded, to less than was stored. So decoders take one that lost its
 * second half, and OpenJPH shows it without a word; what is kept here was written whole, and a shorter one is damaged.
 *
 * Cost    O(marker segments).
 * Source  ITU-T T.800 §A.2, §A.4.2 (SOT), §A.5.1 (SIZ), §A.6.1 (COD), §B.3, §B.6 (precincts).
 *
 * @throws PixelsError PIXELS_CODE_STREAM_INVALID
 */
export function requireWholeJpeg2000(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const grid = gridOf(view);
  const tilesAcross = Math.ceil((grid.right - grid.tileLeft) / grid.tileWidth);
  const tiles = tilesAcross * Math.ceil((grid.bottom - grid.tileTop) / grid.tileHeight);
  // A tile-part is 14 bytes at least.
  if (!(tiles >= 1 && tiles <= 65_535) || tiles * 14 > bytes.length) throw damaged();
  let at = readSegments(view, 2, bytes.length, grid, markers.SOT);
  const parts = new Map<number, { seen: number; of: number }>();
  while (at + 12 <= bytes.length && view.getUint16(at) === markers.SOT) {
    const [tile, length, index, count] = [
      view.getUint16(at + 4),
      view.getUint32(at + 6),
      view.getUint8(at + 10),
      view.getUint8(at + 11),
    ];
    // Length 0: until the end of the stream. Padding to an even length may follow that.
    const end = length === 0 ? endOf(bytes) : at + length;
    if (tile >= tiles || end > bytes.length || end < at + 14) throw damaged();
    const known = parts.get(tile) ?? { seen: 0, of: 0 };
    if (known.seen !== index) throw damaged();
    parts.set(tile, { seen: index + 1, of: count || known.of });
    readSegments(view, at + 12, end, grid, markers.SOD);
    at = end;
  }
  const whole = at + 2 > bytes.length ? at === bytes.length : view.getUint16(at) === markers.EOC;
  if (!whole || parts.size !== tiles) throw damaged();
  for (const { seen, of } of parts.values()) if (seen < of) throw damaged();
}

function gridOf(view: DataView): Grid {
  const [right, bottom, left, top, tileWidth, tileHeight, tileLeft, tileTop] = Array.from({ length: 8 }, (_, n) =>
    view.getUint32(8 + 4 * n),
  ) as [number, number, number, number, number, number, number, number];
  const inside = tileLeft <= left && tileTop <= top && tileLeft + tileWidth > left && tileTop + tileHeight > top;
  if (!inside || left >= right || top >= bottom) throw damaged();
  return { left, top, right, bottom, tileWidth, tileHeight, tileLeft, tileTop, components: view.getUint16(40) };
}

/** Reads marker segments until the marker `last`; gives its offset. */
function readSegments(view: DataView, from: number, end: number, grid: Grid, last: number): number {
  for (let at = from; at + 2 <= end; ) {
    const marker = view.getUint16(at);
    // Behind SOD there may be nothing, or less than a length.
    if (marker === last) return at;
    if (at + 4 > end) break;
    const length = view.getUint16(at + 2);
    if (marker < 0xff00 || length < 2 || at + 2 + length > end) throw damaged();
    if (marker === markers.COD) {
      if (length < 12) throw damaged();
      const layers = view.getUint16(at + 6);
      requirePackets(view, at + 9, at + 2 + length, (view.getUint8(at + 4) & 1) === 1, layers, grid);
    }
    if (marker === markers.COC) {
      const wide = grid.components > 256 ? 1 : 0;
      if (length < 9 + wide) throw damaged();
      const style = view.getUint8(at + 5 + wide);
      requirePackets(view, at + 6 + wide, at + 2 + length, (style & 1) === 1, 1, grid);
    }
    at += 2 + length;
  }
  throw damaged();
}

/** A packet is a byte at least; without as many bytes the decoder would only take memory for precincts and layers. */
function requirePackets(view: DataView, at: number, end: number, sized: boolean, layers: number, grid: Grid): void {
  const levels = view.getUint8(at);
  if (levels > 32 || layers === 0 || (sized && at + 5 + levels + 1 > end)) throw damaged();
  const [width, height] = [grid.right - grid.left, grid.bottom - grid.top];
  let precincts = 0;
  for (let resolution = 0; resolution <= levels; resolution++) {
    const exponents = sized ? view.getUint8(at + 5 + resolution) : 0xff;
    const scale = 2 ** (levels - resolution);
    const across = Math.ceil(width / scale / 2 ** (exponents & 15));
    precincts += across * Math.ceil(height / scale / 2 ** (exponents >> 4));
  }
  if (precincts * layers * grid.components > view.byteLength + 1024) throw damaged();
}

/** Where EOC stands, or the end of a stream without one. */
function endOf(bytes: Uint8Array): number {
  for (let at = bytes.length - 2; at >= 0 && at >= bytes.length - 4; at--)
    if (bytes[at] === 0xff && bytes[at + 1] === 0xd9) return at;
  return bytes.length;
}

const damaged = (): PixelsError =>
  new PixelsError('PIXELS_CODE_STREAM_INVALID', 'The compressed picture is damaged or cut short.');
