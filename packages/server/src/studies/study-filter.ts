import { foldText } from '@symbolon/dicom';
import type { Key } from './query.ts';
import { gramsOf, prefixMark, type SearchTokens } from './search-tokens.ts';
import type { StudyFilter } from './study.store.ts';

const wild = /[*?]/;

/**
 * The marks that every name matching this key must carry. Pieces between delimiters and wildcards: one that is
 * bounded on both sides is a word, one that begins a word is a beginning, any other is looked for by its grams.
 */
export function nameMarks(key: string): string[] {
  const marks: string[] = [];
  for (const word of foldText(key).split(/[\^\s,=-]+/u)) {
    const pieces = word.split(/[*?]+/u);
    pieces.forEach((piece, at) => {
      if (piece === '') return;
      const begins = at === 0;
      const ends = at === pieces.length - 1;
      if (begins && ends) marks.push(`word ${piece}`);
      else if (begins) marks.push(prefixMark(piece));
      else marks.push(...gramsOf(piece).map((gram) => `has ${gram}`));
    });
  }
  return marks;
}

const maxDays = 366;

/** Day tokens for a range of up to a year, else months, else years; undefined where it is no range of dates. */
export function dateParts(key: string): string[] | undefined {
  const clean = key.replaceAll('.', '').trim();
  if (/^\d{8}$/.test(clean)) return [clean];
  const range = /^(\d{8})?-(\d{8})?$/.exec(clean);
  if (!range || (range[1] === undefined && range[2] === undefined)) return undefined;
  const from = range[1] ?? '18000101';
  const to = range[2] ?? '22001231';
  const time = (day: string): number =>
    Date.UTC(Number(day.slice(0, 4)), Number(day.slice(4, 6)) - 1, Number(day.slice(6, 8)));
  const days = (time(to) - time(from)) / 86_400_000 + 1;
  if (days <= maxDays) {
    const day = (at: number): string =>
      new Date(time(from) + at * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');
    return Array.from({ length: Math.max(0, days) }, (_, at) => day(at));
  }
  const years = Array.from({ length: Number(to.slice(0, 4)) - Number(from.slice(0, 4)) + 1 }, (_, at) =>
    String(Number(from.slice(0, 4)) + at),
  );
  if (years.length > 20) return years;
  const months = years.flatMap((year) =>
    Array.from({ length: 12 }, (_, month) => `${year}${String(month + 1).padStart(2, '0')}`),
  );
  return months.filter((month) => month >= from.slice(0, 6) && month <= to.slice(0, 6));
}

/**
 * What the index can say of these keys: a superset of the studies that match. `indexed` is false where no key has an
 * index, and every study must be looked at.
 */
export function studyFilter(tokens: SearchTokens, keys: readonly Key[]): { filter: StudyFilter; indexed: boolean } {
  const all: bigint[] = [];
  const anyOf: bigint[][] = [];
  let modalities: string[] = [];
  for (const { tag, value } of keys) {
    const exact = !wild.test(value);
    if (tag === '0020000D') anyOf.push(value.split(/[,\\]/).map((uid) => tokens.token('studyUid', uid.trim())));
    else if (tag === '00100020' && exact) all.push(tokens.token('patientId', value));
    else if (tag === '00080050' && exact) all.push(tokens.token('accession', value));
    else if (tag === '00100010') all.push(...nameMarks(value).map((mark) => tokens.token('name', mark)));
    else if (tag === '00080020') {
      const parts = dateParts(value);
      if (parts) anyOf.push(parts.map((part) => tokens.token('date', part)));
    } else if (tag === '00080061' && exact) modalities = value.split(/[,\\]/).map((modality) => modality.trim());
  }
  return { filter: { all, anyOf, modalities }, indexed: all.length + anyOf.length + modalities.length > 0 };
}
