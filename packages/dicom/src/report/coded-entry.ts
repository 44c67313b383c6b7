import type { DataSet } from '../element.ts';
import { text, texts } from '../value.ts';
import { reportTags } from './report-tags.ts';

/** One coded concept, as the report words it. */
export type CodedEntry = {
  /** Its meaning; where there is none, its value. */
  readonly meaning: string;
  readonly value: string;
  readonly scheme: string;
};

/** The first item of a code sequence; undefined where there is none, or it says nothing. Source: PS3.3 §8.8. */
export function codedEntry(ds: DataSet, sequence: number): CodedEntry | undefined {
  const code = ds.elements.get(sequence)?.items?.[0];
  if (code === undefined) return undefined;
  const { CodeValue, LongCodeValue, URNCodeValue, CodeMeaning, CodingSchemeDesignator } = reportTags;
  const value = text(code, CodeValue) ?? text(code, LongCodeValue) ?? text(code, URNCodeValue) ?? '';
  // A backslash stands in none, but where one does the words behind it are of the same meaning.
  const meaning = texts(code, CodeMeaning).join('\\') || value;
  return meaning === '' ? undefined : { meaning, value, scheme: text(code, CodingSchemeDesignator) ?? '' };
}

/** A unit as it stands behind its number: UCUM's letters, where they are a unit; else what it means. Source: PS3.16 CID 82. */
export function unitText({ meaning, value, scheme }: CodedEntry): string {
  if (scheme !== 'UCUM') return meaning;
  if (value === '1') return '';
  return value === '' || value.startsWith('{') ? meaning : value;
}
