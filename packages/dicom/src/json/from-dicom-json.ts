import { implicitVr, lookupTag } from '../dictionary/dictionary.ts';
import { tags, tagText } from '../dictionary/tags.ts';
import { binary, knownVrs, numberBytes, singleValued } from '../dictionary/vr.ts';
import { DicomError } from '../errors.ts';
import { fromBase64 } from './base64.ts';
import { textOfInteger } from './decimal-string.ts';
import type { DicomJson, DicomJsonAttribute, DicomJsonPersonName, DicomJsonValue } from './dicom-json.ts';

export type FromDicomJsonOptions = {
  /** Sequences within sequences. Default 100. */
  maxDepth?: number;
  /** Attributes and items together. Default 1,000,000. */
  maxElements?: number;
};

/** Where in the model something stands; written out only for errors. */
type Place = { readonly parent: Place | undefined; readonly tag: number; readonly item: number };
type Level = {
  readonly from: object;
  readonly to: DicomJson;
  readonly place: Place | undefined;
  readonly depth: number;
};

/**
 * Makes a typed DICOM JSON Model of anything that `JSON.parse` gave.
 *
 * Shape   in: unknown. out: a copy of what is its own in it, data sets without prototype and ascending by tag.
 * VR      may be absent where PS3.6 has one for the tag; everything else that §F.2 does not allow is refused.
 * Cost    O(values); iterative; `maxDepth` and `maxElements` bound it.
 * Source  PS3.18 §F.2.
 *
 * @throws DicomError DICOM_JSON_INVALID  the message names the tags and items that lead there, and no value
 * @throws DicomError DICOM_TOO_DEEP, DICOM_TOO_MANY_ELEMENTS
 */
export function fromDicomJson(value: unknown, options: FromDicomJsonOptions = {}): DicomJson {
  const { maxDepth = 100, maxElements = 1_000_000 } = options;
  const root: DicomJson = Object.create(null);
  const work: Level[] = [{ from: asObject(value, undefined), to: root, place: undefined, depth: 0 }];
  let elements = 0;
  const spend = (count: number): void => {
    elements += count;
    if (elements > maxElements) {
      throw new DicomError('DICOM_TOO_MANY_ELEMENTS', 'More attributes and items than the budget allows');
    }
  };
  for (let level = work.pop(); level !== undefined; level = work.pop()) {
    const { from, to, place: parent, depth } = level;
    const keys = Object.keys(from);
    spend(keys.length);
    // JavaScript puts keys such as 30060020 before 00080005, whatever order they were added in.
    keys.sort();
    for (const key of keys) {
      if (!tagKey.test(key)) throw invalid(parent, 'has a key that is not eight digits of 0-9 and A-F');
      const tag = Number.parseInt(key, 16);
      const place = { parent, tag, item: -1 };
      if (tag >>> 16 === 0xfffe) throw invalid(place, 'is an item or delimiter, which no data set holds');
      const attribute = attributeOf((from as Record<string, unknown>)[key], tag, from, place);
      to[key] = attribute;
      if (attribute.vr !== 'SQ' || attribute.Value === undefined) continue;
      const items: readonly unknown[] = attribute.Value;
      spend(items.length);
      if (depth >= maxDepth) throw new DicomError('DICOM_TOO_DEEP', 'Sequences nest deeper than allowed');
      attribute.Value = items.map((item, index) => {
        const at = { parent, tag, item: index };
        const copy: DicomJson = Object.create(null);
        work.push({ from: asObject(item, at), to: copy, place: at, depth: depth + 1 });
        return copy;
      });
    }
  }
  return root;
}

const tagKey = /^[0-9A-F]{8}$/;
const members = new Set(['vr', 'Value', 'InlineBinary', 'BulkDataURI']);

/** One attribute; the items of a sequence are left to the caller. */
function attributeOf(value: unknown, tag: number, siblings: object, place: Place): DicomJsonAttribute {
  const from = asObject(value, place) as Record<string, unknown>;
  let forms = 0;
  for (const member of Object.keys(from)) {
    // A misspelt "value" must not pass for an empty attribute.
    if (!members.has(member)) throw invalid(place, 'has a member other than vr, Value, InlineBinary, BulkDataURI');
    if (member !== 'vr') forms++;
  }
  if (forms > 1) throw invalid(place, 'has more than one of Value, InlineBinary, BulkDataURI');
  const vr = Object.hasOwn(from, 'vr') ? from.vr : vrOf(tag, Object.hasOwn(from, 'Value'), siblings, place);
  if (typeof vr !== 'string' || !knownVrs.has(vr)) throw invalid(place, 'has a vr that PS3.5 does not know');
  if (Object.hasOwn(from, 'InlineBinary')) {
    const text = from.InlineBinary;
    if (!Object.hasOwn(numberBytes, vr) && !binary.has(vr)) throw invalid(place, 'has a vr that is never InlineBinary');
    if (typeof text !== 'string' || fromBase64(text) === undefined)
      throw invalid(place, 'has an InlineBinary that is no base64');
    return { vr, InlineBinary: text };
  }
  if (Object.hasOwn(from, 'BulkDataURI')) {
    if (vr === 'SQ' || typeof from.BulkDataURI !== 'string') throw invalid(place, 'has a BulkDataURI that is none');
    return { vr, BulkDataURI: from.BulkDataURI };
  }
  if (!Object.hasOwn(from, 'Value')) return { vr };
  if (!Array.isArray(from.Value)) throw invalid(place, 'has a Value that is no array');
  const values: readonly unknown[] = from.Value;
  if (values.length === 0) return { vr };
  if (vr === 'SQ') return { vr, Value: values as DicomJsonValue[] };
  if (binary.has(vr)) throw invalid(place, 'has a Value, which a binary vr cannot have');
  if (singleValued.has(vr) && values.length > 1)
    throw invalid(place, 'has more than the one value that its vr can hold');
  if (values.length === 1 && values[0] === null) return { vr };
  return { vr, Value: Array.from(values, (entry) => jsonValueOf(entry, vr, place)) };
}

const integerLimits: Readonly<Record<string, readonly [number, number]>> = {
  US: [0, 0xffff],
  SS: [-0x8000, 0x7fff],
  UL: [0, 0xffffffff],
  SL: [-0x80000000, 0x7fffffff],
};
const notFinite: Readonly<Record<string, string>> = {
  NaN: 'NaN',
  inf: 'inf',
  '-inf': '-inf',
  Infinity: 'inf',
  '-Infinity': '-inf',
};

/** One value of Table F.2.3-1. */
function jsonValueOf(value: unknown, vr: string, place: Place): DicomJsonValue {
  switch (vr) {
    case 'US':
    case 'SS':
    case 'UL':
    case 'SL': {
      const [least, most] = integerLimits[vr]!;
      if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
      throw invalid(place, 'has a value that is no integer of its vr');
    }
    case 'SV':
    case 'UV':
      if (
        (typeof value === 'number' && Number.isSafeInteger(value)) ||
        (typeof value === 'string' && /^-?\d{1,20}$/.test(value))
      ) {
        const whole = BigInt(value);
        if (whole === (vr === 'SV' ? BigInt.asIntN(64, whole) : BigInt.asUintN(64, whole))) return value;
      }
      throw invalid(place, 'has a value that is no integer of its vr');
    case 'FL':
    case 'FD':
      if (typeof value === 'number') {
        if (!Number.isFinite(value)) return notFinite[String(value)]!;
        if (vr === 'FD' || Number.isFinite(Math.fround(value))) return value;
      }
      if (typeof value === 'string' && Object.hasOwn(notFinite, value)) return notFinite[value]!;
      throw invalid(place, 'has a value that is no number of its vr');
    case 'AT':
      if (typeof value === 'string' && tagKey.test(value)) return value;
      throw invalid(place, 'has a value that is no tag');
    case 'IS':
    case 'DS':
      if (typeof value === 'number') {
        if (vr === 'DS' ? Number.isFinite(value) : textOfInteger(value) !== undefined) return value;
        throw invalid(place, 'has a value that is no number of its vr');
      }
      return textOf(value, vr, place);
    case 'PN':
      return value === null ? null : personNameOf(value, place);
    default:
      return textOf(value, vr, place);
  }
}

function textOf(value: unknown, vr: string, place: Place): string | null {
  if (value === null || value === '') return null;
  if (typeof value !== 'string') throw invalid(place, 'has a value that is no string');
  // §F.2.4: a backslash would be read as two values; there is no way to escape it.
  if (!singleValued.has(vr) && value.includes('\\')) throw invalid(place, 'has a backslash within a value');
  return value;
}

const groups = ['Alphabetic', 'Ideographic', 'Phonetic'] as const;

function personNameOf(value: unknown, place: Place): DicomJsonPersonName | null {
  const from = asObject(value, place) as Record<string, unknown>;
  const name: DicomJsonPersonName = {};
  for (const member of Object.keys(from)) {
    const group = groups.find((known) => known === member);
    const text = from[member];
    if (group === undefined)
      throw invalid(place, 'has a name with a member other than Alphabetic, Ideographic, Phonetic');
    if (typeof text !== 'string' || /[\\=]/.test(text)) throw invalid(place, 'has a name component group that is none');
    if (text !== '') name[group] = text;
  }
  return Object.keys(name).length === 0 ? null : name;
}

/** What PS3.6 says of a tag that comes without VR, the form of its value choosing among alternatives. */
function vrOf(tag: number, hasValue: boolean, siblings: object, place: Place): string {
  const signed = isSigned(siblings);
  const vr = implicitVr(tag, signed);
  if (vr === 'UN') throw invalid(place, 'has no vr, and no single one is known for it');
  if (!hasValue || !binary.has(vr)) return vr;
  const known = lookupTag(tag)?.vr ?? '';
  return signed && known.includes('SS') ? 'SS' : known.includes('US') ? 'US' : vr;
}

function isSigned(siblings: object): boolean {
  const key = tagText(tags.PixelRepresentation);
  const attribute = Object.hasOwn(siblings, key) ? (siblings as Record<string, { Value?: unknown }>)[key] : undefined;
  return Array.isArray(attribute?.Value) && attribute.Value[0] === 1;
}

function asObject(value: unknown, place: Place | undefined): object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(place, 'is no object');
  return value;
}

function invalid(place: Place | undefined, what: string): DicomError {
  const steps: string[] = [];
  for (let at = place; at !== undefined; at = at.parent) {
    steps.push(at.item < 0 ? tagText(at.tag) : `${tagText(at.tag)}[${at.item}]`);
  }
  return new DicomError(
    'DICOM_JSON_INVALID',
    `${steps.length === 0 ? 'The data set' : steps.reverse().join('.')} ${what}`,
  );
}
