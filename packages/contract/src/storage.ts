import { z } from 'zod';

const count = z.int().nonnegative();

/** How much an account holds, kept aside included, and how much it may; null where there is no limit. Units: bytes as sent. */
export const usageAnswer = z.object({
  instances: count,
  bytes: count,
  maxInstances: count.nullable(),
  maxBytes: count.nullable(),
});
export type UsageAnswer = z.infer<typeof usageAnswer>;

/** Both limits anew; null takes one away. */
export const quotaRequest = usageAnswer.pick({ maxInstances: true, maxBytes: true }).strict();
export type QuotaRequest = z.infer<typeof quotaRequest>;

/** `low`: a warning; `full`: new data is refused; `unknown`: it could not be told. */
export const roomStates = ['ok', 'low', 'full', 'unknown'] as const;
export type RoomState = (typeof roomStates)[number];

/** A store by what it keeps, and how much room the disk under it has; stores on other machines are not among them. Units: bytes. */
export const storagePlace = z.object({
  name: z.enum(['images', 'identity', 'database', 'keys']),
  state: z.enum(roomStates),
  totalBytes: count,
  freeBytes: count,
  reserveBytes: count,
  warnBytes: count,
});
export type StoragePlace = z.infer<typeof storagePlace>;

const found = z.object({ count, bytes: count });

/**
 * What a sweep found, from its `after` to its `next`. `orphans`: objects that no pack names; `unfinished`: what writes that
 * never ended left; `young`: what nobody names, and may yet be named; `keys`: patients and studies that have keys and no
 * row, which is told and never removed; null until the last stretch. Units: bytes.
 */
export const sweepAnswer = z.object({
  dryRun: z.boolean(),
  looked: count,
  orphans: found,
  unfinished: found,
  young: count,
  keys: z.object({ patients: count, studies: count }).nullable(),
  next: z.string().nullable(),
});
export type SweepAnswer = z.infer<typeof sweepAnswer>;

/** One stretch of a sweep: from the beginning, or from the `next` of the one before. `many`: also where they are suspiciously many. */
export const sweepRequest = z.strictObject({
  dryRun: z.boolean().default(false),
  many: z.boolean().default(false),
  after: z
    .string()
    .regex(/^(images|identity) [0-9a-f-]{36}$/)
    .nullable()
    .default(null),
});
export type SweepRequest = z.input<typeof sweepRequest>;

/** `lastSweep`: the last whole one since the exchange started. */
export const storageAnswer = z.object({
  state: z.enum(roomStates),
  places: z.array(storagePlace),
  lastSweep: z.object({ at: z.iso.datetime(), found: sweepAnswer }).nullable(),
});
export type StorageAnswer = z.infer<typeof storageAnswer>;

/**
 * Where a pack is damaged. `cells`: the sealed columns of its series, study or patient; `index`: tokens, counts or lengths
 * that are not its manifest's; `keys`: one that leads to it is lost.
 */
export const scrubParts = ['cells', 'manifest', 'index', 'identity', 'image', 'keys'] as const;
export type ScrubPart = (typeof scrubParts)[number];

/** One walk over everything that is held; `damaged` packs it found. `endedAt` is null while it is under way. Units: bytes as sent. */
export const scrubRound = z.object({
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  packs: count,
  bytes: count,
  damaged: count,
});
export type ScrubRound = z.infer<typeof scrubRound>;

/**
 * `all`: what a round has to read, about. `damaged`: packs that are damaged now, of all accounts. `everyDays`: null where
 * rounds begin by hand only.
 */
export const scrubAnswer = z.object({
  running: scrubRound.nullable(),
  last: scrubRound.nullable(),
  all: z.object({ packs: count, bytes: count }),
  damaged: count,
  everyDays: count.nullable(),
  bytesPerSecond: count,
});
export type ScrubAnswer = z.infer<typeof scrubAnswer>;

/** A damaged pack of the account: instances of one series of one study. */
export const scrubFinding = z.object({
  pack: z.uuid(),
  studyId: z.uuid(),
  part: z.enum(scrubParts),
  code: z.string(),
  instances: count,
  firstFoundAt: z.iso.datetime(),
  lastFoundAt: z.iso.datetime(),
});
export type ScrubFinding = z.infer<typeof scrubFinding>;

export const scrubFindingsQuery = z.object({ offset: z.coerce.number().int().min(0).max(100_000_000).default(0) });
/** `next`: the offset of the next page. */
export const scrubFindingsAnswer = z.object({ findings: z.array(scrubFinding), next: count.nullable() });
export type ScrubFindingsAnswer = z.infer<typeof scrubFindingsAnswer>;

/**
 * How far compaction is: joining small packs, and compressing what they hold where `compression` says so. `waiting`: series of several packs that were not looked at yet; of them `due`, since they have
 * been quiet for long enough. `joined` packs became `rewrites` others so far, with so many `instances` and `bytes` as sent.
 * `kept`: packs that were replaced, and how much room they take for those who may still be reading them. `toCompress`: packs that stand alone
 * and that nobody has tried to compress yet, 100,000 at most, with what their image halves take; `compressed` packs
 * were written so, whose image halves took `storedBefore` and take `storedAfter`. `running`: it is at work, on whatever node.
 * `failedAt`: when this node could not go on, and has not gone on since. Units: bytes.
 */
export const compactionAnswer = z.object({
  waiting: count,
  due: count,
  rewrites: count,
  joined: count,
  instances: count,
  bytes: count,
  lastAt: z.iso.datetime().nullable(),
  kept: count,
  keptBytes: count,
  toCompress: count,
  toCompressBytes: count,
  compressed: count,
  storedBefore: count,
  storedAfter: count,
  running: z.boolean(),
  failedAt: z.iso.datetime().nullable(),
  compression: z.boolean(),
  byItself: z.boolean(),
  bytesPerSecond: count,
});
export type CompactionAnswer = z.infer<typeof compactionAnswer>;
