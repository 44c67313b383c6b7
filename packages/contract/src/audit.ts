import { z } from 'zod';
import { day } from './worklist.ts';

export const auditKinds = ['create', 'read', 'update', 'delete', 'execute'] as const;
export const auditOutcomes = ['success', 'refused', 'failure'] as const;

/** Which records: of a study, of a person, of a link, or all of the account. `from` and `to` are days in UTC, inclusive. */
export const auditQuery = z.object({
  study: z.uuid().optional(),
  user: z.uuid().optional(),
  link: z.uuid().optional(),
  from: day.optional(),
  to: day.optional(),
  kind: z.enum(auditKinds).optional(),
  outcome: z.enum(auditOutcomes).optional(),
  action: z
    .string()
    .regex(/^[a-z]+\.[a-z-]+$/)
    .optional(),
  before: z.string().max(100).optional(),
});
export type AuditQuery = z.infer<typeof auditQuery>;

/**
 * One thing that happened. `who`: a person of the account, somebody with a link, a visitor who was not known, or the
 * exchange by itself. `by`: with
 * what they proved it. `study`: its patient and date, as far as the asker may see it and it is there. `detail` as recorded.
 */
export const auditRecord = z.object({
  id: z.uuid(),
  at: z.iso.datetime(),
  who: z.object({
    kind: z.enum(['person', 'link', 'visitor', 'exchange']),
    name: z.string(),
    userId: z.uuid().nullable(),
    linkId: z.uuid().nullable(),
  }),
  by: z.enum(['token', 'session', 'link']).nullable(),
  address: z.string(),
  action: z.string(),
  kind: z.enum(auditKinds),
  outcome: z.enum(auditOutcomes),
  study: z.object({ id: z.uuid(), patientName: z.string(), date: day.nullable() }).nullable(),
  detail: z.unknown(),
});
export type AuditRecord = z.infer<typeof auditRecord>;

/** Newest first; `next` is the `before` of the page that follows. */
export const auditAnswer = z.object({ records: z.array(auditRecord), next: z.string().nullable() });
export type AuditAnswer = z.infer<typeof auditAnswer>;
