import { inflateSync } from 'node:zlib';

export type Png = {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly levels: Buffer;
};

/** The samples of a PNG of eight bits, grey or RGB, not interlaced: read by another hand than the one that wrote it. */
export function pngLevels(png: Buffer): Png {
  const parts: Buffer[] = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  const [width, height, bits, kind] = [png.readUInt32BE(16), png.readUInt32BE(20), png[24], png[25]];
  const channels = kind === 0 ? 1 : kind === 2 ? 3 : 0;
  if (bits !== 8 || channels === 0) throw new Error(`a PNG of ${bits} bits and kind ${kind}`);
  const raw = inflateSync(Buffer.concat(parts));
  const stride = width * channels;
  const levels = Buffer.alloc(height * stride);
  for (let row = 0; row < height; row += 1) {
    const filter = raw[row * (stride + 1)]!;
    for (let n = 0; n < stride; n += 1) {
      const at = row * stride + n;
      const left = n >= channels ? levels[at - channels]! : 0;
      const above = row > 0 ? levels[at - stride]! : 0;
      const corner = row > 0 && n >= channels ? levels[at - stride - channels]! : 0;
      levels[at] =
        raw[row * (stride + 1) + 1 + n]! + [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter]!;
    }
  }
  return { width, height, channels, levels };
}

function paeth(left: number, above: number, corner: number): number {
  const guess = left + above - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - above), Math.abs(guess - corner)];
  return a <= b && a <= c ? left : b <= c ? above : corner;
}

/** Width and height of a JPEG, out of its frame header. */
export function jpegSize(jpeg: Buffer): readonly [number, number] {
  for (let at = 2; at + 9 < jpeg.length; at += 2 + jpeg.readUInt16BE(at + 2)) {
    const marker = jpeg[at + 1]!;
    if (marker >= 0xc0 && marker <= 0xc3) return [jpeg.readUInt16BE(at + 7), jpeg.readUInt16BE(at + 5)];
  }
  throw new Error('no JPEG');
}
