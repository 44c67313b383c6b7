import { z } from 'zod';

/** A name for people to read: one line, no control characters. */
export const lineOf = (longest: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(longest)
    .regex(/^\P{Cc}*$/u, 'must not contain control characters');

/** As it is compared: without blanks around it, in small letters. */
export const email = z.string().trim().toLowerCase().max(254).pipe(z.email());

/** Of any form: which are good enough is said when one is chosen. */
export const password = z.string().max(1024);

/** The code of an authenticator app (RFC 6238), however it is grouped. */
export const totpCode = z
  .string()
  .max(20)
  .transform((text) => text.replace(/\s/g, ''))
  .pipe(z.string().regex(/^\d{6}$/, 'must be six digits'));
