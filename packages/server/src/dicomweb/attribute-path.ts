import { lookupTag, tagOfKeyword } from '@symbolon/dicom';
import { searchKeysOf } from '../studies/index.ts';

/** The keywords that searches are asked for, in small letters: real clients write `PatientID` and `patientid`. */
let byLowerCase: ReadonlyMap<string, string> | undefined;

function lowerCaseKeywords(): ReadonlyMap<string, string> {
  byLowerCase ??= new Map(
    [...searchKeysOf('instance')].map((tag) => [lookupTag(Number.parseInt(tag, 16))?.keyword.toLowerCase() ?? '', tag]),
  );
  return byLowerCase;
}

/** Eight hexadecimal digits, in whatever case; a keyword of PS3.6. */
function tagOf(name: string): string | undefined {
  if (/^[0-9a-fA-F]{8}$/.test(name)) return name.toUpperCase();
  const tag = tagOfKeyword(name);
  if (tag !== undefined) return tag.toString(16).toUpperCase().padStart(8, '0');
  return lowerCaseKeywords().get(name.toLowerCase());
}

const deepest = 8;

/**
 * The tags behind `00100010`, `PatientName`, `00400275.00401001` or `RequestAttributesSequence.RequestedProcedureID`; undefined for
 * what the dictionary lacks, and where something else than a sequence has attributes in it. A private attribute has its tag alone.
 * Source: PS3.18 §8.3.4.1.
 */
export function attributePath(name: string): string[] | undefined {
  if (name.length > 1024) return undefined;
  const steps = name.split('.');
  if (steps.length > deepest) return undefined;
  const path: string[] = [];
  for (const [at, step] of steps.entries()) {
    const tag = tagOf(step);
    if (tag === undefined) return undefined;
    const vr = lookupTag(Number.parseInt(tag, 16))?.vr;
    if (at < steps.length - 1 && vr !== undefined && vr !== 'SQ') return undefined;
    path.push(tag);
  }
  return path;
}
