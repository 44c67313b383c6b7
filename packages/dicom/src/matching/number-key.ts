/** Numbers are compared by value: 1, 01 and 1.0 are one number; IS and DS keep the writing of whoever wrote them. */
export const numberVrs: ReadonlySet<string> = new Set('DS FD FL IS SL SS SV UL US UV'.split(' '));

const floats = new Set(['DS', 'FD', 'FL']);
/** As DICOM JSON writes them (PS3.18 table F.2.3-1). */
const unbounded: ReadonlyMap<string, string> = new Map([
  ['inf', 'Infinity'],
  ['-inf', '-Infinity'],
]);

/** One writing for all writings of a number; what is no number stays as it is. */
export function canonicalNumber(vr: string, text: string): string {
  // Digits, not doubles: 64-bit integers and long IS values keep theirs.
  if (!floats.has(vr) && /^[-+]?\d+$/.test(text)) {
    const digits = text.replace(/^[-+]?0*/, '');
    return digits === '' ? '0' : text.startsWith('-') ? `-${digits}` : digits;
  }
  if (!/^[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?$/.test(text)) return unbounded.get(text) ?? text;
  // An FL of 0.1 is read as 0.10000000149011612.
  const number = vr === 'FL' ? Math.fround(Number(text)) : Number(text);
  // As a sum, so that -0 is 0.
  return String(number + 0);
}
