import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { foldText, personName } from '@symbolon/dicom';
import { derive, type KeyChains } from '../keys/index.ts';

export type TokenField =
  | 'studyUid'
  | 'seriesUid'
  | 'sopUid'
  | 'sha256'
  | 'patient'
  | 'patientId'
  | 'accession'
  | 'name'
  | 'date';

const fields: readonly TokenField[] = [
  'studyUid',
  'seriesUid',
  'sopUid',
  'sha256',
  'patient',
  'patientId',
  'accession',
  'name',
  'date',
];
/** Longer words are told apart by trigrams and by comparing what was decrypted. */
const longestPrefix = 12;
const longestWord = 64;

/**
 * The blind tokens of one account: the first 64 bits of HMAC-SHA-256 under a key per field. Equal values of one field
 * have equal tokens within an account and nowhere else. `docs/formats/search-tokens.md` is the format.
 */
export class SearchTokens {
  readonly #keys: ReadonlyMap<TokenField, KeyObject>;
  private constructor(keys: ReadonlyMap<TokenField, KeyObject>) {
    this.#keys = keys;
  }

  static async of(chains: KeyChains, accountId: string): Promise<SearchTokens> {
    const account = await chains.account('identity', accountId);
    const keys = await Promise.all(
      fields.map(async (field) => [field, createSecretKey(await derive(account, 'search', field))] as const),
    );
    return new SearchTokens(new Map(keys));
  }

  token(field: TokenField, value: string): bigint {
    const digest = createHmac('sha256', this.#keys.get(field) as KeyObject)
      .update(value)
      .digest();
    return digest.readBigInt64BE(0);
  }

  /** What a person's name is found by: its words, their beginnings, trigrams; single signs and pairs outside alphabets. */
  ofName(name: string): bigint[] {
    const { alphabetic, ideographic, phonetic } = personName(name);
    const marks = new Set<string>();
    for (const group of [alphabetic, ideographic, phonetic]) for (const word of wordsOf(group)) addMarks(marks, word);
    return [...marks].map((mark) => this.token('name', mark));
  }

  /** A date by day, by month and by year. */
  ofDate(date: string): bigint[] {
    const day = /^(\d{4})\.?(\d{2})\.?(\d{2})$/.exec(date.trim());
    if (!day) return [];
    const [, year, month, dayOfMonth] = day;
    return [`${year}`, `${year}${month}`, `${year}${month}${dayOfMonth}`].map((part) => this.token('date', part));
  }
}

/** The words of a name group, folded: what stands between `^`, white space, commas and hyphens. */
export function wordsOf(group: string): string[] {
  return foldText(group)
    .split(/[\^\s,=-]+/u)
    .filter((word) => word !== '')
    .map((word) => [...word].slice(0, longestWord).join(''));
}

const alphabetic = /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Nd}\p{P}\p{M}]+$/u;
export const isAlphabetic = (word: string): boolean => alphabetic.test(word);

function addMarks(marks: Set<string>, word: string): void {
  const signs = [...word];
  marks.add(`word ${word}`);
  for (let length = 1; length <= Math.min(signs.length, longestPrefix); length += 1)
    marks.add(`begins ${signs.slice(0, length).join('')}`);
  for (const gram of gramsOf(word)) marks.add(`has ${gram}`);
}

/** Trigrams in alphabets, single signs and pairs in other scripts; for a word's piece as for a whole word. */
export function gramsOf(piece: string): string[] {
  const signs = [...piece];
  const sizes = isAlphabetic(piece) ? [3] : [1, 2];
  return sizes.flatMap((size) =>
    Array.from({ length: Math.max(0, signs.length - size + 1) }, (_, at) => signs.slice(at, at + size).join('')),
  );
}

/** The longest beginning that a piece of a search key can be looked up by. */
export function prefixMark(piece: string): string {
  return `begins ${[...piece].slice(0, longestPrefix).join('')}`;
}
