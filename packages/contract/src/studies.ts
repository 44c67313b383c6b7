import { z } from 'zod';

/** SHA-256 as 64 lower-case hexadecimal digits. */
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** The largest file that is taken in this version. Its pixel data streams through; the rest of it may have 256 MiB. Bytes. */
export const maxObjectBytes = 16 * 1024 ** 3;

/** At most this many digests in one question or receipt; `held` and receipts are paged by the client. */
export const maxDigests = 20_000;

export const heldRequest = z.strictObject({ sha256: z.array(sha256).max(maxDigests) });
export const heldAnswer = z.object({ held: z.array(sha256) });

/** A UID as PS3.5 §9.1 has it, leading zeros of a component tolerated since devices write them. */
export const uid = z
  .string()
  .regex(/^[0-9]+(\.[0-9]+)*$/)
  .max(64);

export const findStudiesRequest = z.strictObject({ studyInstanceUid: uid });
export const findStudiesAnswer = z.object({
  studies: z.array(z.object({ id: z.uuid(), seriesCount: z.int(), instanceCount: z.int(), bytes: z.int() })),
});
export type FoundStudy = z.infer<typeof findStudiesAnswer>['studies'][number];

/** One instance of a pack, in the order in which `packOriginals` sends their bytes, one after another. */
export const original = z.object({ sha256, bytes: z.int(), seriesNumber: z.int(), instanceNumber: z.int().nullable() });
export type Original = z.infer<typeof original>;

/** A page of a study's packs; `seriesNumber` counts the study's series from 1 in the order of their arrival. */
export const originalsAnswer = z.object({
  packs: z.array(z.object({ id: z.uuid(), instances: z.array(original) })),
  next: z.string().nullable(),
});
export type OriginalsAnswer = z.infer<typeof originalsAnswer>;
