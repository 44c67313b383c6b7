import { z } from 'zod';

const moment = z.iso.datetime();
const count = z.number().min(0);

/** Of a schedule: null is "only when somebody asks". `keep…`: how many backups stay, by their age. */
export const backupPolicy = z.strictObject({
  everyHours: z.int().min(1).max(8_784).nullable(),
  drillEveryDays: z.int().min(1).max(366).nullable(),
  keepLast: z.int().min(1).max(1_000),
  keepDaily: z.int().min(0).max(1_000),
  keepWeekly: z.int().min(0).max(1_000),
  keepMonthly: z.int().min(0).max(1_000),
});
export type BackupPolicy = z.infer<typeof backupPolicy>;

/** One backup, or an attempt at one. `objects` and `bytes`: what was copied for it; `tableBytes`: what the tables took. */
const backupRun = z.object({
  id: z.uuid(),
  startedAt: moment,
  endedAt: moment.nullable(),
  state: z.enum(['running', 'whole', 'failed', 'removed']),
  phase: z.string(),
  /** Why it failed. */
  code: z.string().nullable(),
  objects: count,
  bytes: count,
  bytesInAll: count,
  tableBytes: count,
  /** Objects that the stores did not have. */
  missing: count,
});
export type BackupRun = z.infer<typeof backupRun>;

/** A restore on trial. `loaded`: into a database of its own; otherwise the tables were only read. */
const backupDrill = z.object({
  id: z.uuid(),
  backup: z.uuid().nullable(),
  startedAt: moment,
  endedAt: moment.nullable(),
  result: z.enum(['running', 'good', 'bad', 'failed']),
  loaded: z.boolean(),
  code: z.string().nullable(),
  packs: count,
  instances: count,
  bytes: count,
  lost: count,
  erased: count,
});
export type BackupDrill = z.infer<typeof backupDrill>;

export const backupWarnings = ['never', 'overdue', 'incomplete', 'drill failed', 'keys are in no backup'] as const;
export type BackupWarning = (typeof backupWarnings)[number];

/** Asked by every page of an administrator. `place`: where they go; null where no place is set. */
export const backupsStatusAnswer = z.object({
  place: z.string().nullable(),
  warning: z.enum(backupWarnings).nullable(),
  /** The newest that is whole. */
  lastAt: moment.nullable(),
  /** Tokens and links that a restore brought back, and nobody has decided about. */
  held: z
    .object({
      backup: z.uuid(),
      madeAt: moment,
      restoredAt: moment,
      tokens: count,
      links: count,
      people: count,
      grants: count,
    })
    .nullable(),
});
export type BackupsStatusAnswer = z.infer<typeof backupsStatusAnswer>;

export const backupsAnswer = backupsStatusAnswer.extend({
  policy: backupPolicy,
  /** Asked for, and not begun. */
  waiting: z.object({ backup: z.boolean(), drill: z.boolean() }),
  runs: z.array(backupRun),
  drills: z.array(backupDrill),
});
export type BackupsAnswer = z.infer<typeof backupsAnswer>;

export const releaseRequest = z.strictObject({ what: z.enum(['release', 'end']) });
export type ReleaseRequest = z.infer<typeof releaseRequest>;
