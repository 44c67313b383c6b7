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
