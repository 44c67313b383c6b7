/** How many numbers each function of a parametric curve has. Source: ICC.1 §10, parametricCurveType. */
const parameters = [1, 3, 4, 5, 7];

/**
 * The light of each of 256 levels, from 0 to 1, by a tone curve of an ICC profile; undefined where it is none, is not whole, has no
 * finite value somewhere, or is as light everywhere.
 *
 * Cost    256 values, however many entries the curve claims: nothing is read but what is between two of them.
 * Source  ICC.1 §10, curveType and parametricCurveType.
 */
export function lightOfLevels(tag: DataView): Float64Array | undefined {
  if (tag.byteLength < 12) return undefined;
  const type = tag.getUint32(0);
  const curve = type === 0x63757276 ? sampled(tag) : type === 0x70617261 ? parametric(tag) : undefined;
  if (curve === undefined) return undefined;
  const light = Float64Array.from({ length: 256 }, (_, level) => curve(level / 255));
  if (!light.every(Number.isFinite)) return undefined;
  for (let level = 0; level < 256; level++) light[level] = Math.min(Math.max(light[level]!, 0), 1);
  return light.some((value) => value !== light[0]) ? light : undefined;
}

type Curve = (level: number) => number;

function sampled(tag: DataView): Curve | undefined {
  const count = tag.getUint32(8);
  if (count === 0) return (level) => level;
  if (12 + 2 * count > tag.byteLength) return undefined;
  if (count === 1) return (level) => level ** (tag.getUint16(12) / 256);
  const entry = (index: number) => tag.getUint16(12 + 2 * index) / 65_535;
  return (level) => {
    const place = level * (count - 1);
    const below = Math.min(Math.floor(place), count - 2);
    return entry(below) + (place - below) * (entry(below + 1) - entry(below));
  };
}

function parametric(tag: DataView): Curve | undefined {
  const kind = tag.getUint16(8);
  const count = parameters[kind];
  if (count === undefined || 12 + 4 * count > tag.byteLength) return undefined;
  const [g = 0, a = 1, b = 0, c = 0, d = 0, e = 0, f = 0] = Array.from(
    { length: count },
    (_, at) => tag.getInt32(12 + 4 * at) / 65_536,
  );
  const power: Curve = (level) => Math.max(a * level + b, 0) ** g;
  // Where a × level + b is less than nothing, the second function is 0 and the third is c.
  if (kind < 3) return (level) => (a * level + b < 0 ? 0 : power(level)) + c;
  return (level) => (level >= d ? power(level) + e : c * level + f);
}
