/** Where a test wants a profile that contradicts itself, it says what stands in the header and the tag table. */
export type IccOptions = {
  readonly space?: string;
  readonly connection?: string;
  readonly signature?: string;
  readonly count?: number;
  /** Tags that point to other bytes than their own: offset and size. */
  readonly places?: Readonly<Record<string, readonly [number, number]>>;
};

const white = [0.9642, 1, 0.8249];
/** By the white D50. */
export const primaries = {
  srgb: [
    [0.4361, 0.2225, 0.0139],
    [0.3851, 0.7169, 0.0971],
    [0.1431, 0.0606, 0.7141],
  ],
  adobe: [
    [0.6097, 0.3111, 0.0195],
    [0.2053, 0.6257, 0.0609],
    [0.1492, 0.0632, 0.7446],
  ],
} as const;

/** The tags of a profile of a matrix and three curves. */
export function matrixTags(columns: readonly (readonly number[])[], curve: Uint8Array): Record<string, Uint8Array> {
  const [red, green, blue] = columns.map((values) => iccNumbers('XYZ ', values)) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  return { wtpt: iccNumbers('XYZ ', white), rXYZ: red, gXYZ: green, bXYZ: blue, rTRC: curve, gTRC: curve, bTRC: curve };
}

/** An ICC profile of a display. Source: ICC.1 §7.2, §7.3. */
export function iccProfile(tags: Readonly<Record<string, Uint8Array>>, options: IccOptions = {}): Uint8Array {
  const { space = 'RGB ', connection = 'XYZ ', signature = 'acsp', places = {} } = options;
  const names = Object.keys(tags);
  const start = 132 + 12 * names.length;
  const profile = new Uint8Array(start + Object.values(tags).reduce((sum, value) => sum + value.length, 0));
  const view = new DataView(profile.buffer);
  const write = (at: number, text: string) => profile.set(new TextEncoder().encode(text), at);
  view.setUint32(0, profile.length);
  view.setUint32(8, 0x04200000);
  write(12, `mntr${space}${connection}`);
  write(36, signature);
  for (const [at, value] of white.entries()) view.setInt32(68 + 4 * at, Math.round(value * 65_536));
  view.setUint32(128, options.count ?? names.length);
  let at = start;
  for (const [index, name] of names.entries()) {
    const value = tags[name]!;
    const [offset, size] = places[name] ?? [at, value.length];
    write(132 + 12 * index, name);
    view.setUint32(136 + 12 * index, offset);
    view.setUint32(140 + 12 * index, size);
    profile.set(value, at);
    at += value.length;
  }
  return profile;
}

/** A tag of numbers with 16 bits behind the point: XYZType, and others that are written alike. */
export function iccNumbers(type: string, values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(8 + 4 * values.length);
  bytes.set(new TextEncoder().encode(type));
  const view = new DataView(bytes.buffer);
  for (const [at, value] of values.entries()) view.setInt32(8 + 4 * at, Math.round(value * 65_536));
  return bytes;
}

/** A curveType: no entries, a gamma with 8 bits behind the point, or entries of 16 bits. */
export function iccCurve(entries: readonly number[], count = entries.length): Uint8Array {
  const bytes = new Uint8Array(12 + 2 * entries.length + ((2 * entries.length) % 4));
  bytes.set(new TextEncoder().encode('curv'));
  const view = new DataView(bytes.buffer);
  view.setUint32(8, count);
  for (const [at, entry] of entries.entries()) view.setUint16(12 + 2 * at, entry);
  return bytes;
}

/** A parametricCurveType. */
export function iccParametric(kind: number, values: readonly number[]): Uint8Array {
  const bytes = iccNumbers('para', [0, ...values]);
  new DataView(bytes.buffer).setUint16(8, kind);
  return bytes;
}
