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
