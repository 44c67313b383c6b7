import { leadingSpaceInsignificant, singleValued } from '../dictionary/vr.ts';
import { isWithin, readings } from './date-range.ts';
import { fuzzyName } from './fuzzy-name.ts';
import { type DateTimeVr, interval, laterInDay, offsetFromUtc } from './moment.ts';
import { canonicalNumber, numberVrs } from './number-key.ts';
import { isEmptyName, nameGroups, readNameKey } from './person-name-key.ts';
import { hasWildcard, wildcard } from './wildcard.ts';

/**
 * What the two sides agreed on beyond the basics: by extended negotiation (PS3.4 §C.5.1.1.2), or by a parameter of the
 * search (PS3.18 §8.3.4). Each is off unless it is asked for, as the standard wants.
 */
export type MatchOptions = {
  /** Both ends of a date range and of its time range make one range of moments (§C.2.2.2.5.4). Whole data sets only. */
  combinedDateTime?: boolean;
  /** A key of two quotation marks matches what is absent or empty (§C.2.2.2.7). */
  emptyValue?: boolean;
  /** A name is found by words that its own begin with, in any order, or that are one mistake away: see `fuzzyName`. */
  fuzzyNames?: boolean;
  /** A key of several values wants each of them, not any (§C.2.2.2.8): AE, AS, AT, CS, LO, PN, SH and UC. */
  multipleValue?: boolean;
  /**
   * Offsets from UTC, as `+0100`: of what the values mean and of what the key means where neither says so itself. A DT
   * names its own, or has this one. A TM is moved to the key's clock, and only where both are known. One that is
   * missing is the other.
   */
  timezone?: { readonly values?: string | undefined; readonly key?: string | undefined };
};

/** Whether the values of one attribute match. */
export type Test = (values: readonly string[]) => boolean;

/** VRs in whose keys * and ? are wildcards (§C.2.2.2.4). */
const wildcardVrs = new Set(['AE', 'CS', 'LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UR', 'UT']);

/** VRs to which multiple value matching applies (§C.2.2.2.8). */
const multipleValueVrs = new Set(['AE', 'AS', 'AT', 'CS', 'LO', 'PN', 'SH', 'UC']);

const twoQuotationMarks = '""';

/** Signs; a longer key is a list of plain values, without wildcards, ranges and component groups, so that no key can make matching slow. */
const longestPattern = 1024;

/** The values that a key lists: UIDs by backslash and comma (PS3.18 §8.3.4.1), text that may hold a backslash never, others by it. */
export function listed(vr: string, key: string): string[] {
  if (singleValued.has(vr)) return [key];
  return key.split(vr === 'UI' ? /[\\,]/ : '\\');
}

/** Universal matching (§C.2.2.2.3): a key without a value, and one of asterisks alone where they are wildcards. */
export function isUniversal(vr: string, keys: readonly string[]): boolean {
  return keys.every((key) => isEmpty(vr, key)) || keys.some((key) => isAsterisks(vr, key));
}

function isEmptyValueKey(keys: readonly string[], options: MatchOptions): boolean {
  return options.emptyValue === true && keys.length === 1 && keys[0]!.trim() === twoQuotationMarks;
}

/**
 * Reads the values of one key, once for however many attributes it will be held against.
 *
 * Cost  O(key) now; each test then O(values + text of the values × key, of which at most 1,024 signs count).
 */
export function readKey(vr: string, keys: readonly string[], options: MatchOptions): Test {
  if (isEmptyValueKey(keys, options)) return (values) => values.every((value) => isEmpty(vr, value));
  if (vr === 'PN' && options.fuzzyNames === true) return readFuzzyKey(keys, options);
  const every = options.multipleValue === true && multipleValueVrs.has(vr);
  if (every ? keys.every((key) => isUniversal(vr, [key])) : isUniversal(vr, keys)) return () => true;

  const { forms, ask } = comparison(vr, options.timezone);
  const bounded = keys.reduce((signs, key) => signs + key.length, 0) <= longestPattern;
  const plain = new Set<string>();
  const asked: ((forms: readonly string[]) => boolean)[] = [];
  for (const key of keys) {
    if (every ? isUniversal(vr, [key]) : isEmpty(vr, key)) continue;
    const question = bounded ? ask(key) : undefined;
    if (question !== undefined) asked.push(question);
    else plain.add(plainForm(forms(key), key));
  }
  if (!every)
    return (values) =>
      values.some((value) => {
        const written = forms(value);
        return written.some((form) => plain.has(form)) || asked.some((question) => question(written));
      });
  return (values) => {
    const written = values.map(forms);
    const held = new Set(written.flat());
    for (const form of plain) if (!held.has(form)) return false;
    return asked.every((question) => written.some(question));
  };
}

/** What is found literally, and what is alike. */
function readFuzzyKey(keys: readonly string[], options: MatchOptions): Test {
  const literal = readKey('PN', keys, { ...options, fuzzyNames: false });
  const alike = keys.map(fuzzyName);
  return (values) => literal(values) || values.some((value) => alike.some((isAlike) => isAlike(value)));
}

/**
 * Whether a key says something of a date, a time or a number, or is something else, which finds nothing but its own text:
 * `2020-01-31`, `yesterday`. For who would rather say so than find nothing.
 */
export function isReadableKey(vr: string, key: string): boolean {
  if (vr !== 'DA' && vr !== 'TM' && vr !== 'DT' && !numberVrs.has(vr)) return true;
  return listed(vr, key).every((one) => {
    const text = one.trim();
    if (text === '') return true;
    if (vr === 'DA' || vr === 'TM' || vr === 'DT') return readings(vr, text) !== undefined;
    return text.length <= longestNumber && /^[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?$/.test(text);
  });
}

/** Past it no VR has a number. */
const longestNumber = 32;

/** A name of several groups, in a key too long to compare groups, is no value of one group: it matches nothing. */
function plainForm(forms: readonly string[], key: string): string {
  return forms.length === 1 ? forms[0]! : key;
}

type Comparison = {
  /** The writings under which a value is found; of a person's name its groups. */
  readonly forms: (value: string) => readonly string[];
  /** What a key asks of those; `undefined` where it is a plain value. */
  readonly ask: (key: string) => ((forms: readonly string[]) => boolean) | undefined;
};

function comparison(vr: string, timezone: MatchOptions['timezone']): Comparison {
  const nothing = (): undefined => undefined;
  if (vr === 'PN') return { forms: nameGroups, ask: askName };
  if (vr === 'DA' || vr === 'TM' || vr === 'DT') return dateTimeComparison(vr, timezone);
  if (numberVrs.has(vr)) return { forms: (value) => [canonicalNumber(vr, padless(vr, value))], ask: nothing };
  if (vr === 'AT') return { forms: (value) => [value.replace(/[(), ]/g, '').toUpperCase()], ask: nothing };
  return {
    forms: (value) => [padless(vr, value)],
    ask: (key) => {
      if (!wildcardVrs.has(vr) || !hasWildcard(key)) return undefined;
      const matchesPattern = wildcard(padless(vr, key));
      return ([text = '']) => matchesPattern(text);
    },
  };
}

function askName(key: string): ((groups: readonly string[]) => boolean) | undefined {
  return hasWildcard(key) || key.includes('=') ? readNameKey(key) : undefined;
}

function dateTimeComparison(vr: DateTimeVr, timezone: MatchOptions['timezone']): Comparison {
  const [mine, theirs] = offsets(timezone);
  // A value is asked about by every range of a list, one after another: read it once.
  let lastText = '';
  let lastMoment: bigint | undefined;
  const momentOf = (text: string): bigint | undefined => {
    if (text !== lastText) {
      const moment = interval(vr, text, mine)?.from;
      lastMoment = moment !== undefined && vr === 'TM' && mine !== theirs ? laterInDay(moment, theirs - mine) : moment;
      lastText = text;
    }
    return lastMoment;
  };
  return {
    forms: (value) => [value.trim()],
    ask: (key) => {
      const ranges = readings(vr, key.trim(), theirs);
      if (ranges === undefined) return undefined;
      return ([text = '']) => {
        const moment = momentOf(text);
        return moment !== undefined && isWithin(moment, ranges);
      };
    },
  };
}

/** Minutes east of UTC, of the values and of the key. */
export function offsets(timezone: MatchOptions['timezone']): [values: number, key: number] {
  const mine = timezone?.values === undefined ? undefined : offsetFromUtc(timezone.values);
  const theirs = timezone?.key === undefined ? undefined : offsetFromUtc(timezone.key);
  return [mine ?? theirs ?? 0, theirs ?? mine ?? 0];
}

function isEmpty(vr: string, value: string): boolean {
  return vr === 'PN' ? isEmptyName(value) : padless(vr, value) === '';
}

function isAsterisks(vr: string, key: string): boolean {
  return wildcardVrs.has(vr) && /^\*+$/.test(padless(vr, key));
}

/** Without padding: blanks and NULs at the end, and blanks before where they mean nothing (PS3.5 §6.2). */
function padless(vr: string, value: string): string {
  let end = value.length;
  while (end > 0 && (value[end - 1] === ' ' || value[end - 1] === '\0')) end--;
  let start = 0;
  if (leadingSpaceInsignificant.has(vr)) while (start < end && value[start] === ' ') start++;
  return value.slice(start, end);
}
