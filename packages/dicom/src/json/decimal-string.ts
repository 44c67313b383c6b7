/** IS and DS: decimal text in DICOM, numbers in DICOM JSON where nothing of them is lost (PS3.5 table 6.2-1, PS3.18 §F.2.3). */

const decimal = /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/;
const integer = /^[-+]?\d+$/;

/** Longest value of a DS, and of an IS: what the number that we write for one must fit in. */
const decimalChars = 16;

/**
 * A number where a double holds every digit and the VR could hold the number; else the text as it stands, which
 * PS3.18 §F.2.3 allows "to preserve the original format": invalid, overlong and over-precise values survive so.
 */
export function numberOfText(vr: 'IS' | 'DS', value: string): number | string | null {
  if (value === '') return null;
  if (vr === 'IS') {
    const number = integer.test(value) ? Number(value) : Number.NaN;
    return isInt32(number) ? number : value;
  }
  if (!decimal.test(value)) return value;
  const number = Number(value);
  if (!Number.isFinite(number)) return value;
  // 15 digits always survive a double; most values are shorter than that altogether.
  if (value.length <= 15) return number === 0 && !isZero(value) ? value : number;
  if (value.length > decimalChars) return value;
  return digits(value).length <= 15 || digits(value) === digits(String(number)) ? number : value;
}

/** The text of a number in an IS, `undefined` where it is none: PS3.5 ends it at 32 bits. */
export function textOfInteger(value: number): string | undefined {
  return isInt32(value) ? textOfZero(value) : undefined;
}

/** The text of a number in a DS: every digit of it where 16 characters can hold them, else as many as they can. */
export function textOfDecimal(value: number): string {
  const plain = textOfZero(value);
  if (plain.length <= decimalChars) return plain;
  for (let precision = decimalChars; ; precision--) {
    const [mantissa = '', exponent = ''] = value.toExponential(precision - 1).split('e');
    const fitting = forms(mantissa, Number(exponent)).find((text) => text.length <= decimalChars);
    // Rounding must not turn the greatest numbers into none.
    if (fitting !== undefined && Number.isFinite(Number(fitting))) return fitting;
  }
}

/** Ways to write a mantissa of one digit before the point: as they come, without the zero before it, as an integer. */
function forms(mantissa: string, exponent: number): string[] {
  const sign = mantissa.startsWith('-') ? '-' : '';
  const all = mantissa.replace(/[-.]/g, '').replace(/0+$/, '') || '0';
  const scaled = (text: string, by: number): string => `${sign}${text}${by === 0 ? '' : `e${by}`}`;
  const plain: string[] = [];
  if (exponent >= 0 && exponent < decimalChars) {
    const whole = all.slice(0, exponent + 1).padEnd(exponent + 1, '0');
    const rest = all.slice(exponent + 1);
    plain.push(`${sign}${whole}${rest === '' ? '' : `.${rest}`}`);
  } else if (exponent < 0 && exponent > -decimalChars) {
    plain.push(`${sign}0.${'0'.repeat(-exponent - 1)}${all}`, `${sign}.${'0'.repeat(-exponent - 1)}${all}`);
  }
  return [
    ...plain,
    scaled(all.length === 1 ? all : `${all[0]}.${all.slice(1)}`, exponent),
    scaled(all, exponent - all.length + 1),
    scaled(`.${all}`, exponent + 1),
  ];
}

function textOfZero(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

function isInt32(value: number): boolean {
  return Number.isInteger(value) && value >= -0x80000000 && value <= 0x7fffffff;
}

/** "1e-999" is a zero to a double and none to its writer. */
function isZero(value: string): boolean {
  return digits(value) === '';
}

/** The significant digits. */
function digits(value: string): string {
  const mantissa = value.split(/[eE]/)[0]!.replace(/[^\d]/g, '');
  let from = 0;
  let to = mantissa.length;
  while (from < to && mantissa[from] === '0') from++;
  while (to > from && mantissa[to - 1] === '0') to--;
  return mantissa.slice(from, to);
}
