import { z } from 'zod';

/**
 * What is still to be done before a session opens anything, in this order; only the first can be done.
 *
 * `second-factor`    they have one, and this session has not proven one
 * `unlock`           the screen was locked, or they are to enrol and it was not proven a moment ago that it is they
 * `change-password`  it is older than the account allows, or somebody said that it must be changed
 * `enrol`            the account or their role wants a second factor, and they have none
 * `accept-terms`     the account's terms of use were not accepted in their newest version
 */
export const signInSteps = ['second-factor', 'unlock', 'change-password', 'enrol', 'accept-terms'] as const;
export type SignInStep = (typeof signInSteps)[number];

/** How people sign in to an account; what an account does not say is as here. */
export const signInPolicy = z.strictObject({
  /** How long a password is at least. Unit: characters. */
  passwordCharacters: z.int().min(10).max(64).default(10),
  /** Small and capital letters, digits and others: three of these four. */
  passwordKinds: z.boolean().default(false),
  /** How hard a password is to guess at least, from 0 (not asked) to 4. */
  passwordScore: z.int().min(0).max(4).default(0),
  /** How old a password gets at most; null: as old as it likes. Unit: days. */
  passwordDays: z
    .union([z.literal(30), z.literal(60), z.literal(90)])
    .nullable()
    .default(null),
  secondFactor: z.enum(['optional', 'required']).default('optional'),
  /** How long a browser that somebody trusts is not asked for the second factor; 0: never trusted. Unit: days. */
  trustedDeviceDays: z.int().min(0).max(90).default(30),
  /** Whether identities open only after a second password. */
  secondPassword: z.boolean().default(false),
  /** A session is over when nothing was asked for so long. Unit: minutes. */
  idleMinutes: z.int().min(5).max(720).default(60),
  /** And after so long whatever happens. Unit: hours. */
  sessionHours: z.int().min(1).max(24).default(12),
  /** The screen is locked when nobody touched it for so long; null: never. Unit: minutes. */
  lockMinutes: z.int().min(1).max(120).nullable().default(null),
});
export type SignInPolicy = z.output<typeof signInPolicy>;

/** The part of it that a password keeps which somebody chooses. */
export const passwordPolicy = signInPolicy.pick({ passwordCharacters: true, passwordKinds: true, passwordScore: true });
export type PasswordPolicy = z.output<typeof passwordPolicy>;

/** What everybody's keeps, and what stands where nothing else is known. */
export const standardPasswordPolicy: PasswordPolicy = passwordPolicy.parse({});
export const standardSignInPolicy: SignInPolicy = signInPolicy.parse({});
