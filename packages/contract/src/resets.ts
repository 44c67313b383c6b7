import { z } from 'zod';
import { secret } from './invitations.ts';
import { email, password } from './line.ts';
import { passwordPolicy } from './sign-in.ts';

/** Asks for a link to this mailbox, by which a new password is set. Answered alike whether somebody has that address or not. */
export const passwordResetRequest = z.strictObject({ email });
export type PasswordResetRequest = z.input<typeof passwordResetRequest>;

/** Says nothing: neither whether somebody has that address, nor whether a mail goes out. */
export const passwordResetAnswer = z.object({});

/** `secret`: what stands behind the `#` of the link. It works once, for an hour, until a newer one is made. */
export const lookAtResetRequest = z.strictObject({ secret });
/** `rules`: what the new password must keep. */
export const lookAtResetAnswer = z.object({ email: z.string(), expiresAt: z.iso.datetime(), rules: passwordPolicy });
export type LookAtResetAnswer = z.infer<typeof lookAtResetAnswer>;

export const useResetRequest = z.strictObject({ secret, password });
export type UseResetRequest = z.input<typeof useResetRequest>;

/** `current`: the password of who asks. */
export const emailChange = z.strictObject({ current: password, email });
export type EmailChange = z.input<typeof emailChange>;

/** Where a link went that is to be opened there. */
export const mailedAnswer = z.object({ mailedTo: z.string() });
export type MailedAnswer = z.infer<typeof mailedAnswer>;

export const lookAtEmailChangeRequest = z.strictObject({ secret });
/** `password`: the one of who asked for the change; the link alone, in a mailbox of somebody else, changes nothing. */
export const useEmailChangeRequest = z.strictObject({ secret, password });
export type UseEmailChangeRequest = z.input<typeof useEmailChangeRequest>;
export const emailChangeAnswer = z.object({ email: z.string(), expiresAt: z.iso.datetime() });
export type EmailChangeAnswer = z.infer<typeof emailChangeAnswer>;
