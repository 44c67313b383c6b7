import { z } from 'zod';
import { day } from './worklist.ts';

/** How long a study stays open for who opened it. Units: hours. */
export const openingHours = { reason: 8, emergency: 2 } as const;

/** Why somebody opens a study: for people who review it, so a word alone does not do. */
export const openingReasonLength = { shortest: 10, longest: 500 } as const;
const reason = z
  .string()
  .trim()
  .min(openingReasonLength.shortest)
  .max(openingReasonLength.longest)
  .regex(/^(\P{Cc}|[\n\t])*$/u, 'must not contain control characters');

export const statedReason = z.strictObject({ reason });

/** One exact identifier: nothing else is searched by. `issuer`: of the patient id; without one, of any. */
const identifier = z.string().trim().min(1).max(64);
export const emergencyRequest = z.strictObject({
  reason,
  by: z.union([
    z.strictObject({ patientId: identifier, issuer: identifier.optional() }),
    z.strictObject({ accessionNumber: identifier }),
    z.strictObject({ studyInstanceUid: identifier }),
  ]),
});
export type EmergencyRequest = z.infer<typeof emergencyRequest>;

export const openingKinds = ['reason', 'emergency'] as const;
const named = z.object({ id: z.uuid(), name: z.string() });

/** `endedAt`: a reviewer ended it before its time. `reason` is empty where its key was destroyed. */
export const openingRow = z.object({
  id: z.uuid(),
  kind: z.enum(openingKinds),
  who: named,
  study: z.object({ id: z.uuid(), patientName: z.string(), date: day.nullable(), description: z.string() }),
  reason: z.string(),
  openedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  reviewedBy: z.string().nullable(),
  reviewedAt: z.iso.datetime().nullable(),
});
export type OpeningRow = z.infer<typeof openingRow>;

export const openingAnswer = z.object({ id: z.uuid(), studyId: z.uuid(), expiresAt: z.iso.datetime() });
export type OpeningAnswer = z.infer<typeof openingAnswer>;

/** `expiresAt`: null where the asker may open the study without an emergency, too. `more`: not all that match were opened. */
export const emergencyAnswer = z.object({
  studies: z.array(openingRow.shape.study.extend({ expiresAt: z.iso.datetime().nullable() })),
  more: z.boolean(),
});
export type EmergencyAnswer = z.infer<typeof emergencyAnswer>;

/** `to review`: nobody has looked at it; `open`: it lasts still. */
export const openingFilters = ['all', 'to review', 'reviewed', 'open'] as const;
export const openingsQuery = z.strictObject({
  show: z.enum(openingFilters).default('all'),
  kind: z.enum(openingKinds).optional(),
  offset: z.coerce.number().int().min(0).max(100_000_000).default(0),
});
export type OpeningsQuery = z.input<typeof openingsQuery>;
/** The newest first. `next`: the offset of the next page. */
export const openingsAnswer = z.object({ openings: z.array(openingRow), next: z.int().nullable() });
export type OpeningsAnswer = z.infer<typeof openingsAnswer>;

/** `end`: it is over at once, too. */
export const reviewRequest = z.strictObject({ end: z.boolean().default(false) });
export type ReviewRequest = z.input<typeof reviewRequest>;

/** How many emergencies nobody has looked at. */
export const openingsStatus = z.object({ unreviewed: z.int().nonnegative() });
export type OpeningsStatus = z.infer<typeof openingsStatus>;
