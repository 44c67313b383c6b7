import { nameComponents, personName } from '../text/person-name.ts';

/** A date as people read it; as it stands where it is none. Source: PS3.5 Table 6.2-1, DA. */
export function dateWords(value: string): string {
  return value.replace(/^(\d{4})\.?(\d{2})\.?(\d{2})$/, '$1-$2-$3');
}

/** Source: PS3.5 Table 6.2-1, TM. */
export function timeWords(value: string): string {
  const [, hour, minute, second, fraction = ''] = /^(\d{2}):?(\d{2})?:?(\d{2})?(\.\d{1,6})?$/.exec(value) ?? [];
  if (hour === undefined) return value;
  return `${[hour, minute ?? '00', second].filter((part) => part !== undefined).join(':')}${fraction.replace(/\.?0+$/, '')}`;
}

/** Source: PS3.5 Table 6.2-1, DT. */
export function dateTimeWords(value: string): string {
  const [, date, time, fraction = '', offset] = /^(\d{8})(\d{2,6})?(\.\d{1,6})?([+-]\d{4})?$/.exec(value) ?? [];
  if (date === undefined) return value;
  const zone = offset === undefined ? '' : `${offset.slice(0, 3)}:${offset.slice(3)}`;
  return [dateWords(date), time && timeWords(time + fraction), zone].filter((part) => part).join(' ');
}

/** What is longer is none, and stands as it is written. */
const maxNameChars = 4_096;

/** A name in one line: family name first, as lists have it; other scripts in brackets. Source: PS3.5 §6.2.1. */
export function nameWords(value: string): string {
  if (value.length > maxNameChars) return value;
  const { alphabetic, ideographic, phonetic, further = [] } = personName(value);
  const [first = '', ...others] = [alphabetic, ideographic, phonetic, ...further]
    .map(groupWords)
    .filter((group) => group !== '');
  return others.length === 0 ? first : `${first} (${others.join(', ')})`;
}

function groupWords(group: string): string {
  const { family, given, middle, prefix, suffix, further = [] } = nameComponents(group);
  const givenNames = [given, middle].filter((part) => part !== '').join(' ');
  return [family, givenNames, prefix, suffix, ...further].filter((part) => part !== '').join(', ');
}

export const count = (amount: number, one: string, many = `${one}s`): string =>
  `${amount} ${amount === 1 ? one : many}`;
