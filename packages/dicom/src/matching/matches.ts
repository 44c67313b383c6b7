import { foldText } from '../text/fold.ts';
import { matchesDateTime } from './date-range.ts';
import { hasWildcard, matchesWildcard } from './wildcard.ts';

/** VRs in whose keys * and ? are wildcards (PS3.4 §C.2.2.2.4). */
const wildcardVrs = new Set(['AE', 'CS', 'LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UR', 'UT']);

/**
 * Whether an attribute with these values matches a key, by the rules of C-FIND and QIDO-RS.
 *
 * Universal  an empty key, and `*` alone, match everything, the absent attribute included.
 * Lists      UIDs separated by backslash or comma; other keys by backslash: any of them.
 * Ranges     DA, TM, DT; a partial date or time stands for all that it covers.
 * PN         without regard to case and diacritics; a key without = may match any one of the component groups, whole.
 * Cost       O(value × key), iterative: no key can make it slow.
 * Source     PS3.4 §C.2.2.2, PS3.18 §8.3.4.
 */
export function matches(vr: string, values: readonly string[], key: string): boolean {
  if (key === '' || (wildcardVrs.has(vr) && /^\*+$/.test(key))) return true;
  switch (vr) {
    case 'UI': {
      const wanted = new Set(key.split(/[\\,]/).map((uid) => uid.trim()));
      wanted.delete('');
      return wanted.size === 0 || values.some((value) => wanted.has(value));
    }
    case 'DA':
    case 'TM':
    case 'DT':
      return matchesDateTime(vr, values, key);
    case 'PN':
      return key.split('\\').some((one) => values.some((value) => matchesPersonName(value, one)));
    case 'ST':
    case 'LT':
    case 'UT':
    case 'UR':
      return values.some((value) => matchesText(value, key));
    default:
      return key.split('\\').some((one) => matchesAny(vr, values, one.trim()));
  }
}

function matchesAny(vr: string, values: readonly string[], key: string): boolean {
  if (wildcardVrs.has(vr)) return values.some((value) => matchesText(value, key));
  const number = Number(key);
  if (key === '' || Number.isNaN(number) || vr === 'AS' || vr === 'AT') return values.includes(key);
  // 1, 01 and 1.0 are one number; IS and DS values keep the writing of whoever wrote them.
  return values.some((value) => value === key || (value.trim() !== '' && Number(value) === number));
}

function matchesText(value: string, key: string): boolean {
  return hasWildcard(key) ? matchesWildcard(value, key) : value === key;
}

function matchesPersonName(value: string, key: string): boolean {
  const groups = value.split('=').map(tidyName);
  const wanted = key.split('=').map(tidyName);
  if (wanted.length === 1) return groups.some((group) => matchesGroup(group, wanted[0]!));
  return wanted.every((group, index) => group === '' || matchesGroup(groups[index] ?? '', group));
}

/** Folded, without spaces around components and without the carets of trailing empty ones (PS3.5 §6.2.1.1). */
function tidyName(group: string): string {
  const components = foldText(group)
    .split('^')
    .map((component) => component.trim());
  while (components.length > 1 && components.at(-1) === '') components.pop();
  return components.join('^');
}

function matchesGroup(group: string, key: string): boolean {
  if (!hasWildcard(key)) return group === key;
  // SMITH^* also means the Smith who has no given name: SMITH and SMITH^ are one name.
  const missing = key.split('^').length - group.split('^').length;
  return matchesWildcard(group, key) || (missing > 0 && matchesWildcard(group + '^'.repeat(missing), key));
}
