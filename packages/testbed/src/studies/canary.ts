import { seeded } from '../writing/random.ts';

/** One invented identifier, unique in the study, that must never be found where the design says it is not. */
export type Canary = {
  readonly value: string;
  /** Where it was put, as a person would say it: keyword, depth, kind of file. */
  readonly field: string;
  /** The bytes that stand in the file: what a search through a store or a log looks for besides `value`. */
  readonly encoded: Uint8Array;
  /** The `name` of the file that holds it. */
  readonly file: string;
};

export type Planter = {
  readonly planted: readonly Canary[];
  /** A new word of so many letters, for whichever field it is about to be written in. */
  word(field: string, length?: number): string;
  /** A value that the caller made, such as a date, a UID, or text in another script. */
  value(field: string, value: string, encoded?: Uint8Array): string;
};

export function planter(seed: number, file: string, encode: (text: string) => Uint8Array): Planter {
  const random = seeded(seed, `canaries ${file}`);
  const planted: Canary[] = [];
  const value = (field: string, text: string, encoded = encode(text)): string => {
    planted.push({ value: text, field, encoded, file });
    return text;
  };
  return { planted, value, word: (field, length = 24) => value(field, random.word(length)) };
}

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
export const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));
