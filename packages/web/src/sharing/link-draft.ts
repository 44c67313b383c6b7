import type { LinkRequest } from '@symbolon/contract';
import { type ExpiryChoice, expiryOf } from './link-expiry.ts';
import { offerPassword, passwordFault } from './link-password.ts';

/** A link as its maker fills it in. */
export type LinkDraft = {
  readonly expiry: ExpiryChoice;
  /** `YYYY-MM-DD`, where `expiry` is `date`. */
  readonly day: string;
  readonly withPassword: boolean;
  readonly password: string;
  readonly download: boolean;
  readonly note: string;
};

export const longestNote = 500;

export function newDraft(): LinkDraft {
  return { expiry: '7', day: '', withPassword: true, password: offerPassword(), download: false, note: '' };
}

/** A note is one line on the wire: what was typed or pasted as several becomes one. */
export function noteOf(text: string): string {
  return text.replace(/\s*\p{Cc}+\s*/gu, ' ').slice(0, longestNote);
}

export type DraftFaults = { readonly day: string | null; readonly password: string | null };

export function faultsOf(draft: LinkDraft, now: Date): DraftFaults {
  return {
    day: expiryOf(draft.expiry, draft.day, now) === null ? 'Choose a day from today to a year from now.' : null,
    password: draft.withPassword ? passwordFault(draft.password) : null,
  };
}

/** What is sent; null while something in it has a fault. */
export function requestOf(draft: LinkDraft, now: Date): LinkRequest | null {
  const expiresAt = expiryOf(draft.expiry, draft.day, now);
  const { password } = faultsOf(draft, now);
  if (expiresAt === null || password !== null) return null;
  return {
    expiresAt: expiresAt.toISOString(),
    download: draft.download,
    note: draft.note.trim(),
    ...(draft.withPassword ? { password: draft.password.trim() } : {}),
  };
}
