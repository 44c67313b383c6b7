import { z } from 'zod';
import { sha256 } from './studies.ts';
import { day } from './worklist.ts';

/** `open`: somebody must look at it. `decided`: somebody has. */
export const conflictStates = ['open', 'decided'] as const;

export const conflictsQuery = z.object({
  state: z.enum(conflictStates).default('open'),
  before: z.string().max(40).optional(),
});
export type ConflictsQuery = z.input<typeof conflictsQuery>;

const conflictStudy = z.object({
  id: z.uuid(),
  patientName: z.string(),
  date: day.nullable(),
  description: z.string(),
});

/** One study of which instances were kept aside: other bytes came under SOP Instance UIDs that were held. */
export const conflictItem = z.object({
  study: conflictStudy,
  open: z.int(),
  decided: z.int(),
  sentBy: z.array(z.string()),
  firstSentAt: z.iso.datetime(),
  lastSentAt: z.iso.datetime(),
});
export type ConflictItem = z.infer<typeof conflictItem>;

/** Newest first; `next` is the `before` of the page that follows. */
export const conflictsAnswer = z.object({ conflicts: z.array(conflictItem), next: z.string().nullable() });
export type ConflictsAnswer = z.infer<typeof conflictsAnswer>;

/**
 * One element that is not the same. `path`: tags and item numbers from 1, as `00400275.1.00400007`. A value is null where
 * there is no such element; private and binary ones are told by length and SHA-256, long ones are cut.
 */
export const difference = z.object({
  path: z.string(),
  name: z.string(),
  vr: z.string(),
  held: z.string().nullable(),
  sent: z.string().nullable(),
});
export type Difference = z.infer<typeof difference>;

/** An instance is named by the pack that holds it and its place in there. */
export const keptInstanceId = z.string().regex(/^[0-9a-f-]{36}\.\d{1,4}$/);

/**
 * One instance that was kept aside, beside the one that is held under its UID; once it was decided about, beside the other
 * one; `held` is null where nothing else in the study's namespace came under that UID. `aside` and `current` say what became of it. `pixels` `not compared`: more bytes than one request compares.
 * `framesDifferent` is null where frames cannot be told apart without decoding. Units: bytes of the files as sent.
 */
export const keptInstance = z.object({
  id: keptInstanceId,
  state: z.enum(['open', 'aside', 'current']),
  seriesNumber: z.int().nullable(),
  seriesDescription: z.string(),
  instanceNumber: z.int().nullable(),
  sentBy: z.string(),
  sentAt: z.iso.datetime(),
  sent: z.object({ sha256, bytes: z.int() }),
  held: z.object({ id: keptInstanceId, sha256, bytes: z.int() }).nullable(),
  differences: z.array(difference),
  moreDifferences: z.int(),
  unreadable: z.boolean(),
  pixels: z.enum(['same', 'different', 'none', 'not compared']),
  frames: z.int().nullable(),
  framesDifferent: z.int().nullable(),
});
export type KeptInstance = z.infer<typeof keptInstance>;

export const conflictChoices = ['held', 'new'] as const;
export type ConflictChoice = (typeof conflictChoices)[number];

/** What somebody chose: to keep what was held, or to take the new ones. It can be undone while nothing changed since. */
export const choiceRow = z.object({
  id: z.uuid(),
  choice: z.enum(conflictChoices),
  instances: z.int(),
  by: z.string(),
  at: z.iso.datetime(),
  undoneBy: z.string().nullable(),
  undoneAt: z.iso.datetime().nullable(),
});
export type ChoiceRow = z.infer<typeof choiceRow>;

export const conflictQuery = z.object({
  after: z
    .string()
    .regex(/^\d{1,15}\.\d{1,4}$/)
    .optional(),
});

/** `until` says how far somebody has seen: what is kept aside later is not part of what they choose. */
export const conflictAnswer = z.object({
  study: conflictStudy,
  open: z.int(),
  decided: z.int(),
  until: z.string(),
  instances: z.array(keptInstance),
  next: z.string().nullable(),
  choices: z.array(choiceRow),
  may: z.object({ resolve: z.boolean(), download: z.boolean() }),
});
export type ConflictAnswer = z.infer<typeof conflictAnswer>;

/** For all instances that are open and were there when the asker looked, or for those that are named. */
export const choiceRequest = z.strictObject({
  choice: z.enum(conflictChoices),
  until: z.string().regex(/^\d{1,15}$/),
  instances: z.array(keptInstanceId).min(1).max(10_000).optional(),
});
export type ChoiceRequest = z.input<typeof choiceRequest>;

export const keptFileRequest = z.strictObject({ sha256 });
