import { joinBytes } from './write.ts';

/** PackBits, PS3.5 §G.3.1: a run never crosses the end of a row. */
function packRow(plane: Uint8Array): number[] {
  const out: number[] = [];
  let at = 0;
  const runAt = (from: number) => {
    let length = 1;
    while (length < 128 && from + length < plane.length && plane[from + length] === plane[from]) length += 1;
    return length;
  };
  while (at < plane.length) {
    const run = runAt(at);
    if (run >= 2) {
      out.push(257 - run, plane[at]!);
      at += run;
      continue;
    }
    let end = at + 1;
    while (end < plane.length && end - at < 128 && runAt(end) < 3) end += 1;
    out.push(end - at - 1, ...plane.subarray(at, end));
    at = end;
  }
  return out;
}

function packPlane(plane: Uint8Array, columns: number): Uint8Array {
  const out: number[] = [];
  for (let at = 0; at < plane.length; at += columns) out.push(...packRow(plane.subarray(at, at + columns)));
  if (out.length % 2 === 1) out.push(0);
  return Uint8Array.from(out);
}

/** One frame as an RLE fragment (PS3.5 §G.5): 16 numbers, then a segment for each byte of the pixel, highest first. */
export function rleFrame(
  pixels: Uint8Array,
  columns: number,
  bytesPerSample: number,
  samplesPerPixel: number,
): Uint8Array {
  const stride = bytesPerSample * samplesPerPixel;
  const segments: Uint8Array[] = [];
  for (let sample = 0; sample < samplesPerPixel; sample += 1) {
    for (let byte = bytesPerSample - 1; byte >= 0; byte -= 1) {
      const first = sample * bytesPerSample + byte;
      const plane = Uint8Array.from({ length: pixels.length / stride }, (_, n) => pixels[n * stride + first]!);
      segments.push(packPlane(plane, columns));
    }
  }
  const head = new DataView(new ArrayBuffer(64));
  head.setUint32(0, segments.length, true);
  let offset = 64;
  segments.forEach((segment, index) => {
    head.setUint32(4 + 4 * index, offset, true);
    offset += segment.length;
  });
  return joinBytes([new Uint8Array(head.buffer), ...segments]);
}
