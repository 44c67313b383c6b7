/** Colour spaces in which pictures can be given out, as rendered resources name them. Source: PS3.18 §8.3.5.1.5; PS3.3 §C.11.15.1.2 (their names). */
export const outputSpaces = ['srgb', 'adobergb', 'rommrgb'] as const;
export type OutputSpace = (typeof outputSpaces)[number];

/** A curve from levels to light: a power above `toe`, a line below. With y = ((x + offset) / (1 + offset)) ^ gamma. */
type Curve = { readonly gamma: number; readonly offset: number; readonly slope: number; readonly toe: number };

type Space = {
  readonly name: string;
  /** Columns red, green and blue by rows X, Y and Z, under the white D50. */
  readonly toXyz: readonly number[];
  readonly curve: Curve;
};

/** Sources: IEC 61966-2-1 (sRGB); Adobe RGB (1998) Color Image Encoding; ISO 22028-2 (ROMM RGB); adapted to D50 after Bradford. */
export const spaces: Readonly<Record<OutputSpace, Space>> = {
  srgb: {
    name: 'sRGB',
    toXyz: [
      ...[0.4360747, 0.3850649, 0.1430804],
      ...[0.2225045, 0.7168786, 0.0606169],
      ...[0.0139322, 0.0971045, 0.7141733],
    ],
    curve: { gamma: 2.4, offset: 0.055, slope: 1 / 12.92, toe: 0.04045 },
  },
  adobergb: {
    name: 'Adobe RGB (1998)',
    toXyz: [
      ...[0.6097559, 0.2052401, 0.149224],
      ...[0.3111242, 0.625656, 0.0632197],
      ...[0.0194811, 0.0608902, 0.7448387],
    ],
    curve: { gamma: 563 / 256, offset: 0, slope: 0, toe: 0 },
  },
  rommrgb: {
    name: 'ROMM RGB',
    toXyz: [...[0.7976749, 0.1351917, 0.0313534], ...[0.2880402, 0.7118741, 0.0000857], ...[0, 0, 0.82521]],
    curve: { gamma: 1.8, offset: 0, slope: 1 / 16, toe: 1 / 32 },
  },
};

const d50 = [0.9642, 1, 0.8249] as const;
/** From the white D65 to D50 after Bradford. Source: ICC.1 Annex E. */
const d65ToD50 = [1.0478, 0.0229, -0.0501, 0.0295, 0.9905, -0.0171, -0.0092, 0.0151, 0.7517];

/**
 * The ICC profile of an output space: one matrix and one curve for all three, of version 4.
 *
 * Source  ICC.1 §7.2 (header), §7.3 (tag table), §9.2, §10.15 (multiLocalizedUnicodeType), §10.18 (parametricCurveType), §10.31 (XYZType).
 */
export function outputProfile(space: OutputSpace): Uint8Array<ArrayBuffer> {
  const { name, toXyz, curve } = spaces[space];
  const column = (at: number) => [toXyz[at]!, toXyz[at + 3]!, toXyz[at + 6]!];
  const trc = parametric(curve);
  const tags: [string, Uint8Array][] = [
    ['desc', words(name)],
    ['cprt', words('No copyright, use freely')],
    ['wtpt', numbers('XYZ ', d50)],
    ['rXYZ', numbers('XYZ ', column(0))],
    ['gXYZ', numbers('XYZ ', column(1))],
    ['bXYZ', numbers('XYZ ', column(2))],
    ['rTRC', trc],
    ['gTRC', trc],
    ['bTRC', trc],
    // That of ROMM is D50 itself.
    ...(space === 'rommrgb' ? [] : [['chad', numbers('sf32', d65ToD50)] as [string, Uint8Array]]),
  ];
  const values = [...new Set(tags.map(([, value]) => value))];
  const places = new Map<Uint8Array, number>();
  let end = 132 + 12 * tags.length;
  for (const value of values) {
    places.set(value, end);
    end += Math.ceil(value.length / 4) * 4;
  }
  const bytes = new Uint8Array(end);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, end);
  view.setUint32(8, 0x04300000);
  write(bytes, 12, 'mntrRGB XYZ ');
  // A date is asked for; that of no day in particular, so that the same picture has the same bytes.
  [2026, 1, 1].forEach((part, at) => void view.setUint16(24 + 2 * at, part));
  write(bytes, 36, 'acsp');
  d50.forEach((value, at) => void view.setInt32(68 + 4 * at, Math.round(value * 65_536)));
  view.setUint32(128, tags.length);
  tags.forEach(([tag, value], at) => {
    write(bytes, 132 + 12 * at, tag);
    view.setUint32(136 + 12 * at, places.get(value)!);
    view.setUint32(140 + 12 * at, value.length);
    bytes.set(value, places.get(value)!);
  });
  return bytes;
}

function write(bytes: Uint8Array, at: number, ascii: string): void {
  for (let index = 0; index < ascii.length; index++) bytes[at + index] = ascii.charCodeAt(index);
}

/** Numbers of sixteen bits and sixteen behind the point. */
function numbers(type: string, values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(8 + 4 * values.length);
  write(bytes, 0, type);
  const view = new DataView(bytes.buffer);
  values.forEach((value, at) => void view.setInt32(8 + 4 * at, Math.round(value * 65_536)));
  return bytes;
}

/** Type 3: (a x + b) ^ g from d on, c x below. */
function parametric({ gamma, offset, slope, toe }: Curve): Uint8Array {
  const bytes = numbers('para', [0, gamma, 1 / (1 + offset), offset / (1 + offset), slope, toe]);
  new DataView(bytes.buffer).setUint32(8, 0x00030000);
  return bytes;
}

/** A text in English. */
function words(text: string): Uint8Array {
  const bytes = new Uint8Array(28 + 2 * text.length);
  write(bytes, 0, 'mluc');
  const view = new DataView(bytes.buffer);
  view.setUint32(8, 1);
  view.setUint32(12, 12);
  write(bytes, 16, 'enUS');
  view.setUint32(20, 2 * text.length);
  view.setUint32(24, 28);
  for (let at = 0; at < text.length; at++) view.setUint16(28 + 2 * at, text.charCodeAt(at));
  return bytes;
}
