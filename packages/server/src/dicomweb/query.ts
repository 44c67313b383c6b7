import { lookupTag, tagOfKeyword } from '@symbolon/dicom';
import type { Key, Query } from '../studies/index.ts';

const defaultLimit = 100;
const maxLimit = 1000;

/** Answered without being kept: counts, addresses, availability, and the UIDs of the levels above. */
const computed = new Set(
  '00080005 00080056 00080061 00081190 00083002 0020000D 0020000E 00201206 00201208 00201209'.split(' '),
);

/** The tag behind `00100010` or `PatientName`, as eight hexadecimal digits; undefined for what the dictionary lacks. */
function tagOf(name: string): string | undefined {
  if (/^[0-9a-fA-F]{8}$/.test(name)) return name.toUpperCase();
  const tag = tagOfKeyword(name);
  return tag === undefined ? undefined : tag.toString(16).toUpperCase().padStart(8, '0');
}

function count(value: string, otherwise: number, max: number): number {
  return /^\d{1,9}$/.test(value) ? Math.min(Number(value), max) : otherwise;
}

/** Universal matching (PS3.4 §C.2.2.2.3, §C.2.2.2.4): it asks for the attribute, which is answered anyway. */
function isUniversal(vr: string, value: string): boolean {
  return value === '' || (/^\*+$/.test(value) && !['UI', 'DA', 'TM', 'IS'].includes(vr));
}

/**
 * Reads the query of a QIDO-RS request. Source: PS3.18 §8.3.4. `known` are the keys this resource can match, and what
 * it answers with whether asked or not.
 */
export function parseQuery(parameters: URLSearchParams, known: readonly string[]): Query {
  const keys: Key[] = [];
  const warnings: string[] = [];
  let limit = defaultLimit;
  let offset = 0;
  for (const [name, value] of parameters) {
    if (name === 'limit') limit = count(value, defaultLimit, maxLimit);
    else if (name === 'offset') offset = count(value, 0, Number.MAX_SAFE_INTEGER);
    else if (name === 'includefield') {
      for (const field of value.split(',')) {
        const tag = tagOf(field);
        if (field === 'all') continue;
        if (tag === undefined) warnings.push('an includefield is not known');
        else if (!known.includes(tag) && !computed.has(tag))
          warnings.push(`${tag} is not kept at this level and was not included`);
      }
    } else if (name === 'fuzzymatching') {
      if (value === 'true') warnings.push('fuzzymatching is not supported; matched literally');
    } else {
      const tag = tagOf(name);
      const vr = (tag && lookupTag(Number.parseInt(tag, 16))?.vr) ?? 'UN';
      if (tag === undefined) warnings.push('a parameter is not known and was ignored');
      else if (!known.includes(tag)) warnings.push(`${tag} is not a key of this resource and was ignored`);
      else if (!isUniversal(vr, value)) keys.push({ tag, vr, value });
    }
  }
  return { keys, limit, offset, warnings };
}
