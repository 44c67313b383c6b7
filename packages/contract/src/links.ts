import { z } from 'zod';
import { day } from './worklist.ts';

/** The longest that a link may live. Units: days. */
export const maxLinkDays = 365;

/** A link to one study for somebody without an account. Without a password whoever has the address can open it. */
export const linkRequest = z.strictObject({
  expiresAt: z.iso.datetime(),
  password: z.string().min(6).max(200).optional(),
  download: z.boolean().default(false),
  note: z
    .string()
    .trim()
    .max(500)
    .regex(/^[^\p{Cc}]*$/u, 'must not contain control characters')
    .default(''),
});
export type LinkRequest = z.input<typeof linkRequest>;

/** `opened`: how often it was opened by somebody; `wrongPasswords`: how often somebody tried in vain. */
export const linkRow = z.object({
  id: z.uuid(),
  state: z.enum(['open', 'expired', 'revoked']),
  study: z.object({ id: z.uuid(), patientName: z.string(), date: day.nullable(), description: z.string() }),
  createdAt: z.iso.datetime(),
  createdBy: z.string(),
  expiresAt: z.iso.datetime(),
  revokedAt: z.iso.datetime().nullable(),
  revokedBy: z.string().nullable(),
  hasPassword: z.boolean(),
  download: z.boolean(),
  note: z.string(),
  opened: z.int(),
  lastOpenedAt: z.iso.datetime().nullable(),
  wrongPasswords: z.int(),
});
export type LinkRow = z.infer<typeof linkRow>;

/** `before`: the `next` of the page before. */
export const linksQuery = z.object({
  before: z
    .string()
    .regex(/^(open|closed)\.\d{1,15}\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    .optional(),
  limit: z.coerce.number().int().min(1).max(200).default(200),
});

/** What is open first, each newest first; `next` is the `before` of the page that follows. */
export const linksAnswer = z.object({ links: z.array(linkRow), next: z.string().nullable() });
export type LinksAnswer = z.infer<typeof linksAnswer>;
/** The address with its secret is shown once: the exchange keeps the secret's digest only. */
export const linkAnswer = z.object({ link: linkRow, address: z.string() });
export type LinkAnswer = z.infer<typeof linkAnswer>;

/** What somebody did by a link, newest first. `images`: how many different ones, null where it was all of them. */
export const linkUsesAnswer = z.object({
  uses: z.array(
    z.object({
      at: z.iso.datetime(),
      address: z.string(),
      what: z.enum(['opened', 'refused', 'viewed', 'downloaded']),
      images: z.int().nullable(),
    }),
  ),
});
export type LinkUse = z.infer<typeof linkUsesAnswer>['uses'][number];

/** 128 random bits or more, base64url; it stands behind the `#` of the address and reaches no log. */
const secret = z.string().regex(/^[A-Za-z0-9_-]{22,64}$/);

export const lookAtLinkRequest = z.strictObject({ secret });
/** What the landing page says before anything is opened. `note` is empty until the link was opened. */
export const lookAtLinkAnswer = z.object({
  from: z.string(),
  accountName: z.string(),
  expiresAt: z.iso.datetime(),
  needsPassword: z.boolean(),
  download: z.boolean(),
  note: z.string(),
});
export type LookAtLinkAnswer = z.infer<typeof lookAtLinkAnswer>;

export const openLinkRequest = z.strictObject({ secret, password: z.string().max(200).optional() });
