import type { DicomJsonValue } from '../json/dicom-json.ts';

/** A double written out in full has 1,075 digits behind the point at most. */
const longestNumber = 1_100;

/** The value of DICOM JSON that the text of a Value stands for; `undefined` where it is no value of that VR. */
export function jsonValue(vr: string, written: string | null): DicomJsonValue | undefined {
  if (written === null) return null;
  const text = written.length > longestNumber ? written : written.trim();
  switch (vr) {
    case 'AT':
      return text === '' ? null : /^[\dA-Fa-f]{8}$/.test(text) ? text.toUpperCase() : undefined;
    case 'FL':
    case 'FD':
      return text === '' ? null : float(vr, text);
    case 'SV':
    case 'UV':
      return text === '' ? null : /^-?\d{1,20}$/.test(text) ? text : undefined;
    case 'SL':
    case 'SS':
    case 'UL':
    case 'US':
      return text === '' ? null : /^[-+]?\d{1,10}$/.test(text) ? Number(text) : undefined;
    default:
      return written;
  }
}

/** The infinities and NaN as XML Schema, C, Java and DICOM JSON write them. */
const infinities = /^([-+])?inf(?:inity)?$/i;

function float(vr: string, text: string): number | string | undefined {
  if (text.length > longestNumber) return undefined;
  if (/^[-+]?nan$/i.test(text)) return 'NaN';
  const infinite = infinities.exec(text);
  if (infinite !== null) return infinite[1] === '-' ? '-inf' : 'inf';
  if (!/^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$/.test(text)) return undefined;
  const number = vr === 'FL' ? Math.fround(Number(text)) : Number(text);
  return Number.isFinite(number) ? number : undefined;
}
