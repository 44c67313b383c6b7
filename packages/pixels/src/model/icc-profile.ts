import type { DataSet } from '@symbolon/dicom';
import { determinant, product } from './matrices.ts';
import { pixelTags as tags } from './pixel-tags.ts';
import { wordBytes } from './short-values.ts';
import { srgbLevel, toLinearSrgb } from './srgb.ts';
import { lightOfLevels } from './tone-curve.ts';
import { firstItem } from './value-transform.ts';

/** What levels of red, green and blue mean, as sRGB has it: plain data, to be handed to a worker. */
export type ColourProfile = {
  /** The light of each level, from 0 to 1: 256 of red, then of green, then of blue. */
  readonly linear: Float64Array;
  /** From that light to the linear light of sRGB, row by row. */
  readonly matrix: readonly number[];
};

/** Profiles of scanners with tables are some hundred kilobytes. */
const maxProfileBytes = 1024 * 1024;
const [headerBytes, entryBytes, maxTags] = [132, 12, 100];
/** Of matrices of real devices it is between a third and five. */
const leastDeterminant = 1e-3;

/**
 * What the colours of an image mean, by its ICC profile, or by that of its first optical path; undefined where that is nothing else
 * than sRGB, or none that is applied.
 *
 * Source  PS3.3 §C.11.15 (ICC Profile), §C.8.12.5 (Optical Path).
 */
export function colourProfileOf(ds: DataSet): ColourProfile | undefined {
  const path = firstItem(ds, tags.OpticalPathSequence);
  const bytes =
    wordBytes(ds, tags.ICCProfile, maxProfileBytes + 1) ??
    (path && wordBytes(path, tags.ICCProfile, maxProfileBytes + 1));
  return bytes && parseIccProfile(bytes);
}

/**
 * Reads a profile of one matrix and three curves. One that has tables of colours (A2B, D2B) is none: there they come first, and
 * its matrix may be of something else.
 *
 * Law     nothing is allocated by what it claims; colours within one level of sRGB everywhere are sRGB.
 * Source  ICC.1 §7.2 (header), §7.3 (tag table), §10 (XYZType), Annex F (three-component matrix-based profiles).
 */
export function parseIccProfile(bytes: Uint8Array): ColourProfile | undefined {
  if (bytes.length < headerBytes || bytes.length > maxProfileBytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (name(view, 36) !== 'acsp' || name(view, 16) !== 'RGB ' || name(view, 20) !== 'XYZ ') return undefined;
  const found = tagsOf(view);
  if (found === undefined || [...found.keys()].some((tag) => /^[AD]2B/.test(tag))) return undefined;
  const columns = ['rXYZ', 'gXYZ', 'bXYZ'].map((tag) => coordinates(found.get(tag)));
  const [red, green, blue] = ['rTRC', 'gTRC', 'bTRC'].map((tag) => {
    const value = found.get(tag);
    return value && lightOfLevels(value);
  });
  const [r, g, b] = columns;
  if (!r || !g || !b || !red || !green || !blue) return undefined;
  const matrix = product(toLinearSrgb, [r[0]!, g[0]!, b[0]!, r[1]!, g[1]!, b[1]!, r[2]!, g[2]!, b[2]!]);
  if (!(Math.abs(determinant(matrix)) >= leastDeterminant)) return undefined;
  const profile = { linear: Float64Array.of(...red, ...green, ...blue), matrix };
  return isSrgb(profile) ? undefined : profile;
}

const name = (view: DataView, at: number): string =>
  String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3));

/** Tags whose values are inside; of two of one name the first. */
function tagsOf(view: DataView): Map<string, DataView> | undefined {
  const count = view.getUint32(128);
  if (count > maxTags || headerBytes + count * entryBytes > view.byteLength) return undefined;
  const found = new Map<string, DataView>();
  for (let entry = headerBytes; entry < headerBytes + count * entryBytes; entry += entryBytes) {
    const [offset, size] = [view.getUint32(entry + 4), view.getUint32(entry + 8)];
    if (offset + size > view.byteLength || found.has(name(view, entry))) continue;
    found.set(name(view, entry), new DataView(view.buffer, view.byteOffset + offset, size));
  }
  return found;
}

function coordinates(tag: DataView | undefined): number[] | undefined {
  if (tag === undefined || tag.byteLength < 20 || name(tag, 0) !== 'XYZ ') return undefined;
  return [8, 12, 16].map((at) => tag.getInt32(at) / 65_536);
}

/** Whether every grey, and colours all over the cube, stay as they are. */
function isSrgb(profile: ColourProfile): boolean {
  for (let level = 0; level < 256; level++) if (!stays(profile, [level, level, level])) return false;
  for (let red = 0; red < 256; red += 51)
    for (let green = 0; green < 256; green += 51)
      for (let blue = 0; blue < 256; blue += 51) if (!stays(profile, [red, green, blue])) return false;
  return true;
}

function stays({ linear, matrix }: ColourProfile, colour: readonly [number, number, number]): boolean {
  const [red, green, blue] = [linear[colour[0]]!, linear[256 + colour[1]]!, linear[512 + colour[2]]!];
  return colour.every((level, channel) => {
    const row = 3 * channel;
    const light = matrix[row]! * red + matrix[row + 1]! * green + matrix[row + 2]! * blue;
    return Math.abs(srgbLevel(light) - level) <= 1;
  });
}
