import { DicomError } from '../errors.ts';

/** The three component groups of one PN value (PS3.5 §6.2.1), without padding; empty strings where absent. */
export type PersonName = {
  readonly alphabetic: string;
  readonly ideographic: string;
  readonly phonetic: string;
  /** Groups beyond the third, which the standard does not know: present only where there are some. */
  readonly further?: readonly string[];
};

/** The five components of one group, in the order of PS3.5 §6.2.1.1; empty strings where absent. */
export type NameComponents = {
  readonly family: string;
  readonly given: string;
  readonly middle: string;
  readonly prefix: string;
  readonly suffix: string;
  /** Components beyond the fifth: present only where there are some. */
  readonly further?: readonly string[];
};

/**
 * One PN value by its groups.
 *
 * Law     `personNameText(personName(x))` is `x`, trailing `=` and the spaces around groups apart.
 * Cost    linear.
 */
export function personName(value: string): PersonName {
  const [alphabetic = '', ideographic = '', phonetic = '', ...further] = value.split('=').map(withoutSpaces);
  return { alphabetic, ideographic, phonetic, ...(further.length > 0 && { further }) };
}

/**
 * The PN value of those groups, without delimiters at its end.
 *
 * @throws DicomError DICOM_TEXT_NOT_ENCODABLE  a group holds what separates groups or values, or a control character
 */
export function personNameText(name: Partial<PersonName>): string {
  const { alphabetic = '', ideographic = '', phonetic = '', further = [] } = name;
  return joined([alphabetic, ideographic, phonetic, ...further], '=');
}

/**
 * One group by its components.
 *
 * Law     `nameGroup(nameComponents(x))` is `x`, trailing `^` and the spaces around components apart.
 * Cost    linear.
 */
export function nameComponents(group: string): NameComponents {
  const [family = '', given = '', middle = '', prefix = '', suffix = '', ...further] = group
    .split('^')
    .map(withoutSpaces);
  return { family, given, middle, prefix, suffix, ...(further.length > 0 && { further }) };
}

/**
 * The group of those components, without delimiters at its end.
 *
 * @throws DicomError DICOM_TEXT_NOT_ENCODABLE  a component holds a delimiter or a control character
 */
export function nameGroup(components: Partial<NameComponents>): string {
  const { family = '', given = '', middle = '', prefix = '', suffix = '', further = [] } = components;
  const parts = [family, given, middle, prefix, suffix, ...further];
  if (parts.some((part) => part.includes('='))) throw delimiterWithin();
  return joined(parts, '^');
}

/** `trim()` would take ideographic spaces as well, which are text. */
function withoutSpaces(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) === 0x20) start++;
  while (end > start && text.charCodeAt(end - 1) === 0x20) end--;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

function joined(parts: readonly string[], delimiter: '=' | '^'): string {
  if (parts.some((part) => part.includes(delimiter) || /[\x00-\x1f\\]/.test(part))) throw delimiterWithin();
  let count = parts.length;
  while (count > 0 && parts[count - 1] === '') count--;
  return parts.slice(0, count).join(delimiter);
}

function delimiterWithin(): DicomError {
  return new DicomError('DICOM_TEXT_NOT_ENCODABLE', 'a part of a person name holds a delimiter or a control character');
}
