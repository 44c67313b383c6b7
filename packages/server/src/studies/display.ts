import { day } from '@symbolon/contract';
import { personName } from '@symbolon/dicom';
import type { Attributes } from '../packs/index.ts';
import { firstValue } from './attributes.ts';

/**
 * What nobody sees and what can turn the rest around: control characters, marks that set the direction of writing, line
 * and paragraph separators, invisible tags. Joiners stay: Arabic and Indic names need them.
 */
const unseen = /[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\u{e0000}-\u{e007f}]+/gu;

/** A text of a header as one line for people to read. */
export function lineForPeople(text: string): string {
  return text.toWellFormed().replace(unseen, ' ').replace(/\s+/gu, ' ').trim();
}

const parts = (group: string): string[] => group.split('^').map(lineForPeople);
const joined = (separator: string, ...pieces: readonly (string | undefined)[]): string =>
  pieces.filter((piece) => piece !== undefined && piece !== '').join(separator);

/**
 * A name as people write it: `Family, Dr. Given Middle, Suffix (表意)`. Takes the value as DICOM matching sees it, its groups
 * parted by `=`.
 */
export function nameForPeople(value: string): string {
  const { alphabetic, ideographic, phonetic } = personName(value);
  const [family, given, middle, prefix, suffix, ...more] = parts(alphabetic);
  const latin = joined(', ', family, joined(' ', prefix, given, middle, ...more), suffix);
  const signs = joined(' ', ...parts(ideographic));
  if (latin === '') return signs === '' ? joined(' ', ...parts(phonetic)) : signs;
  return signs === '' ? latin : `${latin} (${signs})`;
}

/** A DA value as `YYYY-MM-DD`; null where it is no whole day of the calendar. */
export function dayForPeople(value: string): string | null {
  const found = /^(\d{4})(\.?)(\d\d)\2(\d\d)$/.exec(value.trim());
  const text = found ? `${found[1]}-${found[3]}-${found[4]}` : '';
  return day.safeParse(text).success ? text : null;
}

/** A TM value as `HH:MM`; null where it does not say the minute. */
export function timeForPeople(value: string): string | null {
  const found = /^([01]\d|2[0-3]):?([0-5]\d)/.exec(value.trim());
  return found ? `${found[1]}:${found[2]}` : null;
}

/** An IS value as a number; null where it is none. */
export function wholeNumber(value: string): number | null {
  const text = value.trim();
  return /^[+-]?\d{1,10}$/.test(text) ? Number(text) : null;
}

/** The first value of an attribute, each in the form that people read. */
export const shown = {
  line: (attributes: Attributes, tag: string): string => lineForPeople(firstValue(attributes, tag)),
  name: (attributes: Attributes, tag: string): string => nameForPeople(firstValue(attributes, tag)),
  day: (attributes: Attributes, tag: string): string | null => dayForPeople(firstValue(attributes, tag)),
  time: (attributes: Attributes, tag: string): string | null => timeForPeople(firstValue(attributes, tag)),
  number: (attributes: Attributes, tag: string): number | null => wholeNumber(firstValue(attributes, tag)),
} as const;
