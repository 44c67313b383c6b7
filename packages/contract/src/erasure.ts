import { z } from 'zod';
import { canonicalJson, type Json } from './canonical-json.ts';
import { sha256 } from './studies.ts';

const count = z.int().nonnegative();
const moment = z.iso.datetime();

/** Why something is erased. A closed list: what people write may name somebody, and a certificate stays. */
export const erasureGrounds = [
  'asked-by-the-person',
  'retention-ended',
  'sent-by-mistake',
  'contract-ended',
  'other',
] as const;
export const erasureGround = z.enum(erasureGrounds);
export type ErasureGround = z.infer<typeof erasureGround>;

export const erasureKinds = ['study', 'series', 'instances', 'patient', 'account'] as const;
export type ErasureKind = (typeof erasureKinds)[number];

/** How much is erased. Units: bytes as sent. `patients`: whose last study goes, and they with it. */
const amounts = { patients: count, studies: count, series: count, instances: count, bytes: count };

/**
 * `dryRun`: only says what would be erased and what holds it. Otherwise `instances` is the number that was said then: where it
 * is another by now, nothing is erased.
 */
const asked = z.strictObject({
  dryRun: z.boolean().default(false),
  ground: erasureGround.default('other'),
  instances: count.optional(),
});

/** `only`: series and instances of the study, kept aside or not; without it the whole study. `seriesIds` and
 * `imageIds` as in its lists of series and images. */
export const eraseStudyRequest = asked.extend({
  only: z
    .strictObject({
      seriesIds: z.array(z.uuid()).max(10_000).default([]),
      seriesInstanceUids: z.array(z.string().max(64)).max(10_000).default([]),
      imageIds: z.array(z.string().max(64)).max(10_000).default([]),
      sopInstanceUids: z.array(z.string().max(64)).max(10_000).default([]),
    })
    .optional(),
});
export type EraseStudyRequest = z.input<typeof eraseStudyRequest>;

export const erasePatientRequest = asked;
export type ErasePatientRequest = z.input<typeof erasePatientRequest>;

/** `accountName`: of the account that is erased, letter by letter. */
export const eraseAccountRequest = asked.extend({ accountName: z.string().max(500).optional() });
export type EraseAccountRequest = z.input<typeof eraseAccountRequest>;

/** A hold on a study, on all studies of its patient, or on the whole account. `reason` is for people who may see the study; empty where its key was destroyed. */
export const hold = z.object({
  id: z.uuid(),
  of: z.enum(['study', 'patient', 'account']),
  studyId: z.uuid().nullable(),
  reason: z.string(),
  placedBy: z.string(),
  placedAt: moment,
  releasedBy: z.string().nullable(),
  releasedAt: moment.nullable(),
});
export type Hold = z.infer<typeof hold>;

/** `studyId`: the study, or one of the patient's; not for the account. */
export const holdRequest = z.strictObject({
  of: z.enum(['study', 'patient', 'account']),
  studyId: z.uuid().optional(),
  reason: z.string().trim().min(1).max(500),
});
export type HoldRequest = z.infer<typeof holdRequest>;

/** `study`: those that hold this study, its patient or the account. Without it, all of the account. */
export const holdsQuery = z.object({
  study: z.uuid().optional(),
  offset: z.coerce.number().int().min(0).max(100_000_000).default(0),
});
/** Those in force first, the newest first. `next`: the offset of the next page. */
export const holdsAnswer = z.object({ holds: z.array(hold), next: count.nullable() });
export type HoldsAnswer = z.infer<typeof holdsAnswer>;

/** What would be erased. `links`: how many would end with it. `left`: instances of the study that stay. `holds`: what stops it. */
export const erasurePreview = z.object({
  kind: z.enum(erasureKinds),
  ...amounts,
  links: count,
  left: count,
  holds: z.array(hold),
});
export type ErasurePreview = z.infer<typeof erasurePreview>;

/**
 * How far an erasure is. `asked`: what stays is being sealed anew; `out of sight`: nobody finds it any more; `keys destroyed`: nothing of it
 * opens; `objects removed`; `certified`: the keys above were destroyed too, and the certificate is signed.
 */
export const erasureStates = ['asked', 'out of sight', 'keys destroyed', 'objects removed', 'certified'] as const;

/** `failure`: why it waits, a code; it is tried again by itself. `finalAt`: when the last backup of keys ends that can still hold them. */
export const erasure = z.object({
  id: z.uuid(),
  kind: z.enum(erasureKinds),
  ground: erasureGround,
  state: z.enum(erasureStates),
  askedBy: z.string().nullable(),
  askedAt: moment,
  outOfSightAt: moment.nullable(),
  keysDestroyedAt: moment.nullable(),
  objectsRemovedAt: moment.nullable(),
  certifiedAt: moment.nullable(),
  finalAt: moment.nullable(),
  ...amounts,
  failure: z.string().nullable(),
});
export type Erasure = z.infer<typeof erasure>;

export const erasuresQuery = z.object({ offset: z.coerce.number().int().min(0).max(100_000_000).default(0) });
export const erasuresAnswer = z.object({ erasures: z.array(erasure), next: count.nullable() });
export type ErasuresAnswer = z.infer<typeof erasuresAnswer>;

/** The first line of what is signed, so that no other signature of the exchange can pass for a certificate. */
export const erasureFormat = 'symbolon-erasure/1';

/** How long a backup of keys may be kept: what it holds can be opened until then. Days. */
export const keyBackupDays = 30;

/**
 * What the exchange signs of an erasure. It names nobody: ids are random, and a Study Instance UID stands there as the
 * SHA-256 of its salt and itself, for who knows the UID. `final`: from then on nothing can bring it back, if every backup of keys
 * was kept for `keyBackupDays` at most. Units: bytes as sent.
 */
export const erasureStatement = z.strictObject({
  format: z.literal(erasureFormat),
  exchange: z.string(),
  accountId: z.uuid(),
  erasureId: z.uuid(),
  kind: z.enum(erasureKinds),
  ground: erasureGround,
  askedAt: moment,
  outOfSightAt: moment,
  keysDestroyedAt: moment,
  objectsRemovedAt: moment,
  keysAboveDestroyedAt: moment,
  subjects: z.array(
    z.strictObject({
      kind: z.enum(['study', 'part of a study', 'patient', 'account']),
      id: z.uuid(),
      studyInstanceUid: z.strictObject({ salt: z.base64(), sha256 }).optional(),
    }),
  ),
  erased: z.strictObject({ ...amounts, packs: count }),
  keyBackups: z.array(z.strictObject({ madeAt: moment, endsAt: moment })),
  final: moment,
});
export type ErasureStatement = z.infer<typeof erasureStatement>;

export const erasureCertificate = z.strictObject({
  statement: erasureStatement,
  publicKey: z.base64(),
  signature: z.base64(),
});
export type ErasureCertificate = z.infer<typeof erasureCertificate>;

/** The very bytes that are signed (Ed25519, RFC 8032). */
export function signedErasureBytes(statement: ErasureStatement): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${erasureFormat}\n${canonicalJson(statement as unknown as Json)}`);
}

/** The one spelling of a certificate's file; one that is spelt otherwise is refused, so every byte of it counts. */
export function erasureText(value: ErasureCertificate): string {
  return `${JSON.stringify(value, null, 1)}\n`;
}

/** The bytes whose SHA-256 stands in a statement for a Study Instance UID: the salt, then the UID's own characters. */
export function studyDigestBytes(salt: string, studyInstanceUid: string): Uint8Array<ArrayBuffer> {
  const salted = Uint8Array.from(atob(salt), (char) => char.charCodeAt(0));
  return new Uint8Array([...salted, ...new TextEncoder().encode(studyInstanceUid)]);
}
