import { z } from 'zod';
import { permissions, roles } from './permissions.ts';

const email = z.string().trim().toLowerCase().max(254).pipe(z.email());
const password = z.string().max(1024);
/** A name for people to read: one line, no control characters. */
const lineOf = (longest: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(longest)
    .regex(/^\P{Cc}*$/u, 'must not contain control characters');

/** Makes the first account, its owner and an API token. */
export const setupRequest = z.object({
  secret: z.string().min(1).max(200),
  accountName: lineOf(200),
  email,
  password,
});
export type SetupRequest = z.input<typeof setupRequest>;

/** A token is shown once; the exchange keeps its digest only. */
export const tokenAnswer = z.object({
  token: z.string(),
  accountId: z.uuid(),
  userId: z.uuid(),
  expiresAt: z.iso.datetime().nullable(),
});
export type TokenAnswer = z.infer<typeof tokenAnswer>;

export const tokenRequest = z.object({ email, password, label: lineOf(100) });
export type TokenRequest = z.input<typeof tokenRequest>;

export const meAnswer = z.object({
  userId: z.uuid(),
  email: z.string(),
  accountId: z.uuid(),
  accountName: z.string(),
  role: z.enum(roles),
  permissions: z.array(z.enum(Object.keys(permissions) as [keyof typeof permissions])),
});
export type MeAnswer = z.infer<typeof meAnswer>;
