import { z } from 'zod';

/**
 * The keys of the asker's account, by chain and kind, with the ages of the oldest and the newest; never a key. `backup`: when
 * all keys of the exchange were last copied. `oldestKeyWithoutBackup`: of what would be lost with the keys folder.
 */
export const keysAnswer = z.object({
  keys: z.array(
    z.object({
      chain: z.enum(['identity', 'image', 'audit']),
      what: z.enum(['root', 'account in the key service', 'account', 'patient', 'patient-cell', 'study']),
      count: z.int(),
      oldest: z.iso.datetime(),
      newest: z.iso.datetime(),
      rotatedAt: z.iso.datetime().nullable(),
    }),
  ),
  backup: z.object({ at: z.iso.datetime() }).nullable(),
  oldestKeyWithoutBackup: z.iso.datetime().nullable(),
  warning: z.enum(['never backed up', 'backup out of date']).nullable(),
});
export type KeysAnswer = z.infer<typeof keysAnswer>;

/** Only whether the keys were copied, and what no copy holds: what every page of an administrator asks. */
export const keysBackupAnswer = keysAnswer.pick({ backup: true, oldestKeyWithoutBackup: true, warning: true });
export type KeysBackupAnswer = z.infer<typeof keysBackupAnswer>;

/** Patients' keys may be replaced after so many days: at most every day, since the exchange looks every hour. */
export const patientDaysLimits = { least: 1, most: 3650 } as const;

/** After how many days keys are replaced. `patientDays`: null where patients' keys are replaced on demand only. */
export const keyScheduleAnswer = z.object({
  patientDays: z.int().min(patientDaysLimits.least).max(patientDaysLimits.most).nullable(),
  accountDays: z.int().positive(),
});
export type KeyScheduleAnswer = z.infer<typeof keyScheduleAnswer>;

export const keyScheduleRequest = keyScheduleAnswer.pick({ patientDays: true }).strict();
export type KeyScheduleRequest = z.infer<typeof keyScheduleRequest>;

/**
 * The replacement of the keys of the asker's patients, as far as the node that answers does it; null where it does none.
 * `patients`: how many have new keys; `of`: how many will, null until they were counted. `doneAt`: when the last one ended, whoever
 * did it.
 */
export const keyRotationAnswer = z.object({
  running: z
    .object({ begunAt: z.iso.datetime(), patients: z.int().nonnegative(), of: z.int().nonnegative().nullable() })
    .nullable(),
  doneAt: z.iso.datetime().nullable(),
});
export type KeyRotationAnswer = z.infer<typeof keyRotationAnswer>;

/**
 * How far the account's studies are sealed anew. `waiting`: studies that were asked for and are not done; `spent`: keys under which
 * nothing new is sealed, and which are destroyed when nothing stands under them any more: a day after the last of it was replaced.
 */
export const resealAnswer = z.object({ waiting: z.int().nonnegative(), spent: z.int().nonnegative() });
export type ResealAnswer = z.infer<typeof resealAnswer>;

/**
 * How far an account's search tokens are made anew. `adding`: those of the next generation beside what is asked for; `resting`: all
 * have them, and those before stay for searches under way; `removing`: those before go; `whole`: nothing is to be done. `done`
 * studies of this phase, `of` how many there are; `damaged` did not open. `restsUntil`: until when at least those before stay.
 */
export const reindexAnswer = z.object({
  phase: z.enum(['whole', 'adding', 'resting', 'removing']),
  generation: z.int().positive(),
  done: z.int().nonnegative(),
  of: z.int().nonnegative(),
  damaged: z.int().nonnegative(),
  begunAt: z.iso.datetime().nullable(),
  restsUntil: z.iso.datetime().nullable(),
});
export type ReindexAnswer = z.infer<typeof reindexAnswer>;
