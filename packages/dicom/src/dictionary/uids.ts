import { type UidKind, uidLines } from './generated/uids.ts';

export type UidEntry = {
  readonly name: string;
  readonly keyword: string;
  readonly kind: UidKind;
  readonly retired: boolean;
};

const root = '1.2.840.10008.';
let entries: Map<string, UidEntry> | undefined;
let byKeyword: Map<string, string> | undefined;

/** Read on first use: half a thousand lines that storing and finding images never asks for. */
function table(): Map<string, UidEntry> {
  entries ??= new Map(
    uidLines.split('\n').map((line) => {
      const [suffix, kind, name, keyword, retired] = line.split('|') as [string, UidKind, string, string, string?];
      return [root + suffix, { name, keyword, kind, retired: retired === 'R' }];
    }),
  );
  return entries;
}

/**
 * What the standard says of one of its UIDs; `undefined` for all others.
 *
 * Shape   names without `(Retired)` and without what a transfer syntax is the default of; retired ones are marked.
 * Source  PS3.6 tables. Context groups (table A-3) and templates (table A-4) are not in it.
 */
export function lookupUid(uid: string): UidEntry | undefined {
  return table().get(uid);
}

/** The UID of a keyword of PS3.6 table A-1, or `undefined`. */
export function uidOfKeyword(keyword: string): string | undefined {
  byKeyword ??= new Map([...table()].map(([uid, entry]) => [entry.keyword, uid]));
  return byKeyword.get(keyword);
}

/** The standard's name of one of its UIDs, or `undefined`. */
export function uidName(uid: string): string | undefined {
  return lookupUid(uid)?.name;
}
