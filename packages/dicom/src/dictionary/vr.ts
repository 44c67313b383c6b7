/** Value representations of PS3.5 §6.2, in the alphabet's order. */
export const knownVrs: ReadonlySet<string> = new Set(
  'AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW PN SH SL SQ SS ST SV TM UC UI UL UN UR US UT UV'.split(' '),
);

/** Explicit VR with two reserved bytes and a 32-bit length (PS3.5 table 7.1-1). */
const longForm = new Set('OB OD OF OL OV OW SQ SV UC UN UR UT UV'.split(' '));

/** Backslash is text, not a separator (PS3.5 §6.2). */
export const singleValued: ReadonlySet<string> = new Set(['ST', 'LT', 'UT', 'UR']);

/** Text that Specific Character Set governs (PS3.5 §6.1.2.2). UN is read as what the dictionary says. */
export const charsetGoverned: ReadonlySet<string> = new Set(['LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UT']);

/** Values that DICOM JSON carries as base64 (PS3.18 table F.2.3-1). */
export const binary: ReadonlySet<string> = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'UN']);

/** Leading spaces mean nothing either. */
export const leadingSpaceInsignificant: ReadonlySet<string> = new Set([
  'AE',
  'CS',
  'DS',
  'IS',
  'LO',
  'SH',
  'PN',
  'UI',
  'DA',
  'TM',
  'DT',
  'AS',
]);

/** Bytes of one binary number. */
export const numberBytes: Readonly<Record<string, number>> = {
  __proto__: null as never,
  US: 2,
  SS: 2,
  UL: 4,
  SL: 4,
  FL: 4,
  FD: 8,
  SV: 8,
  UV: 8,
  AT: 4,
  OW: 2,
  OF: 4,
  OL: 4,
  OD: 8,
  OV: 8,
};

/** Two capital letters → the one string for them, so that parsing allocates none. */
const interned: string[] = [];
/** The same index → 1 known short form, 2 known long form, 0 unknown. */
const forms = new Uint8Array(26 * 26);
for (let first = 65; first <= 90; first++) {
  for (let second = 65; second <= 90; second++) {
    const vr = String.fromCharCode(first, second);
    forms[interned.length] = longForm.has(vr) ? 2 : knownVrs.has(vr) ? 1 : 0;
    interned.push(vr);
  }
}

/** Index of a VR from its two bytes, or -1 when they are not capital letters. */
export function vrIndex(first: number, second: number): number {
  if (first < 65 || first > 90 || second < 65 || second > 90) return -1;
  return (first - 65) * 26 + (second - 65);
}

export function vrAt(index: number): string {
  return interned[index]!;
}

export function vrForm(index: number): 'unknown' | 'short' | 'long' {
  const form = index < 0 ? 0 : forms[index]!;
  return form === 1 ? 'short' : form === 2 ? 'long' : 'unknown';
}
