import { expect } from 'vitest';
import { jpegSize, pngLevels } from '../../rendering/png-levels.ts';
import { type Answer, partsOf } from '../dicomweb-client.ts';

export type Kind = 'jpeg' | 'png' | 'gif';
type Picture = { readonly kind: Kind; readonly width: number; readonly height: number; readonly bytes: Buffer };

/** What a body begins with says what it is, whatever its header says. */
export function pictureIn(bytes: Buffer): Picture {
  if (bytes.subarray(0, 8).equals(Buffer.from('89504e470d0a1a0a', 'hex')))
    return { kind: 'png', width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20), bytes };
  if (/^GIF8[79]a/.test(bytes.toString('latin1', 0, 6)))
    return { kind: 'gif', width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8), bytes };
  expect(bytes.toString('hex', 0, 3), 'a picture').toBe('ffd8ff');
  const [width, height] = jpegSize(bytes);
  return { kind: 'jpeg', width, height, bytes };
}

/** The picture of an answer that succeeded, whatever its header says. */
export function pictureOf(answer: Answer): Picture {
  expect(answer.status).toBe(200);
  return pictureIn(answer.body);
}

/** What an answer that succeeded says that it is, and is. */
export function kindOf(answer: Answer): Kind {
  const { kind } = pictureOf(answer);
  expect(answer.headers['content-type']).toMatch(new RegExp(`^image/${kind}(;|$)`));
  return kind;
}

/** One picture, or a part for each. */
export function picturesOf(answer: Answer): Picture[] {
  expect(answer.status).toBe(200);
  if (!/^multipart\/related/.test(answer.headers['content-type'] ?? '')) return [pictureOf(answer)];
  return partsOf(answer).map(({ body }) => pictureIn(body));
}

/** The grey levels of a PNG, by row and column. */
export function greys(answer: Answer): { readonly width: number; readonly height: number; readonly levels: number[] } {
  expect(pictureOf(answer).kind).toBe('png');
  const { width, height, channels, levels } = pngLevels(answer.body);
  return { width, height, levels: Array.from({ length: width * height }, (_, at) => levels[at * channels] as number) };
}

/** The names of the chunks of a PNG. */
export function chunksOf(png: Buffer): string[] {
  const names: string[] = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) names.push(png.toString('latin1', at + 4, at + 8));
  return names;
}

/** The largest difference between two lists of as many numbers. */
export function furthest(one: readonly number[], other: readonly number[]): number {
  expect(one).toHaveLength(other.length);
  return Math.max(...one.map((level, at) => Math.abs(level - (other[at] as number))));
}
