import { z } from 'zod';

/** A calendar day, `YYYY-MM-DD`. */
export const day = z.iso.date();

export const worklistSorts = ['arrived', 'date', 'name'] as const;

/**
 * Studies of the account, a page at a time; asked in a body, since names and ids never stand in an address. `name`: every word must begin a word of the patient's name, in any order and
 * script. `awaiting`: only what awaits approval. `id`: Patient ID or accession number, exact. `from` and `to`: study date, inclusive. `page` counts from 1.
 */
export const worklistQuery = z.strictObject({
  name: z.string().trim().max(200).optional(),
  id: z.string().trim().max(64).optional(),
  from: day.optional(),
  to: day.optional(),
  modality: z
    .string()
    .regex(/^[A-Z0-9_ ]{1,16}$/)
    .optional(),
  awaiting: z.boolean().default(false),
  sort: z.enum(worklistSorts).default('arrived'),
  order: z.enum(['asc', 'desc']).default('desc'),
  page: z.coerce.number().int().min(1).max(100_000).default(1),
  size: z.coerce.number().int().min(1).max(100).default(25),
});
export type WorklistQuery = z.infer<typeof worklistQuery>;

/** Identity for people to read; empty where the study says nothing. Names are put as `Family, Given`, other scripts behind. */
const patient = z.object({
  name: z.string(),
  id: z.string(),
  birthDate: day.nullable(),
  sex: z.string(),
});

/** Units: bytes of the files as sent. `date` and `time` of the study (`HH:MM`); `misidentified`: instances name several patients; `unapproved`: it awaits approval. */
export const studyRow = z.object({
  id: z.uuid(),
  patient,
  date: day.nullable(),
  time: z.string().nullable(),
  description: z.string(),
  accession: z.string(),
  modalities: z.array(z.string()),
  seriesCount: z.int(),
  instanceCount: z.int(),
  bytes: z.int(),
  arrivedAt: z.iso.datetime(),
  misidentified: z.boolean(),
  unapproved: z.boolean(),
});
export type StudyRow = z.infer<typeof studyRow>;

/** `total` is null where there are more than were counted; `warning` says in words what the page does not show, and why. */
export const worklistAnswer = z.object({
  studies: z.array(studyRow),
  total: z.int().nullable(),
  warning: z.string().nullable(),
});
export type WorklistAnswer = z.infer<typeof worklistAnswer>;

export const seriesRow = z.object({
  id: z.uuid(),
  number: z.int().nullable(),
  modality: z.string(),
  description: z.string(),
  bodyPart: z.string(),
  date: day.nullable(),
  instanceCount: z.int(),
});
export type SeriesRow = z.infer<typeof seriesRow>;

/** One study with its series, and what the asker may do with it. `keptAside`: instances that wait for a person to look at. */
export const studyAnswer = studyRow.extend({
  referringPhysician: z.string(),
  series: z.array(seriesRow),
  keptAside: z.int(),
  may: z.object({
    download: z.boolean(),
    share: z.boolean(),
    grant: z.boolean(),
    approve: z.boolean(),
    audit: z.boolean(),
  }),
});
export type StudyAnswer = z.infer<typeof studyAnswer>;
