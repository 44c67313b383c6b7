import { z } from 'zod';
import { pageQuery } from './users.ts';

/** How long terms of use are at most. Unit: bytes of UTF-8. */
export const maxTermsBytes = 100_000;

const termsText = z
  .string()
  .transform((text) => text.replace(/\r\n?/g, '\n').trim())
  .refine((text) => new TextEncoder().encode(text).length <= maxTermsBytes, 'must be no longer than 100 kB')
  .refine((text) => !/(?![\n\t])\p{Cc}/u.test(text), 'must not contain control characters');

/**
 * The terms of use of an account: plain text, in which an empty line ends a paragraph. `text` is empty and `version` 0 where there
 * never were any; an empty text of a later version says that none hold any more. `sha256`: of the text, as the audit names it.
 */
export const termsAnswer = z.object({
  version: z.int(),
  text: z.string(),
  sha256: z.string(),
  createdAt: z.iso.datetime().nullable(),
  /** When who asks accepted this version. */
  acceptedAt: z.iso.datetime().nullable(),
});
export type TermsAnswer = z.infer<typeof termsAnswer>;

/** A new version; everybody of the account is asked at their next request. `after`: the version that was looked at. */
export const termsChange = z.strictObject({ text: termsText, after: z.int().min(0) });
export type TermsChange = z.input<typeof termsChange>;

/** Accepts the version that was shown. */
export const termsAcceptance = z.strictObject({ version: z.int().min(1) });

export const termsVersion = z.object({
  version: z.int(),
  sha256: z.string(),
  /** Whether it says that no terms hold. */
  empty: z.boolean(),
  createdAt: z.iso.datetime(),
  createdBy: z.string(),
  /** How many people accepted it. */
  accepted: z.int(),
});
/** The newest first. */
export const termsVersionsAnswer = z.object({
  versions: z.array(termsVersion),
  next: z.int().nullable(),
  /** Active people of the account, and how many of them accepted what holds. */
  people: z.int(),
  accepted: z.int(),
});
export type TermsVersionsAnswer = z.infer<typeof termsVersionsAnswer>;

export const termsVersionsQuery = z.object({
  before: z.coerce.number().int().min(1).optional(),
  limit: pageQuery.shape.limit,
});

/** `before`: the `next` of the page before. `version`: of that version alone. */
export const termsAcceptancesQuery = z.object({
  version: z.coerce.number().int().min(1).optional(),
  before: z.string().max(100).optional(),
  limit: pageQuery.shape.limit,
});
/** The newest first. */
export const termsAcceptancesAnswer = z.object({
  acceptances: z.array(
    z.object({
      userId: z.uuid(),
      name: z.string(),
      email: z.string().nullable(),
      version: z.int(),
      acceptedAt: z.iso.datetime(),
      address: z.string(),
    }),
  ),
  next: z.string().nullable(),
});
export type TermsAcceptancesAnswer = z.infer<typeof termsAcceptancesAnswer>;
