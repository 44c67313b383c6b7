import { type RawBuilder, sql } from 'kysely';
import type { Database, Trx } from '../platform/db/database.ts';
import type { StudyLink } from './study-link.ts';

export type NewLink = Omit<StudyLink, 'revokedBy' | 'revokedAt' | 'opened' | 'lastOpenedAt' | 'wrongPasswords'>;

/** What a restore brought back is over until somebody has decided about it: it may have been revoked since. */
const endsAt = sql<Date>`coalesce(links.held_at, links.expires_at)`;

export async function addLink(trx: Trx, link: NewLink): Promise<void> {
  await trx
    .insertInto('links')
    .values({
      id: link.id,
      account_id: link.accountId,
      study_id: link.studyId,
      digest: Buffer.from(link.digest),
      password_hash: link.passwordHash,
      download: link.download,
      cell: Buffer.from(link.cell),
      created_by: link.createdBy,
      created_at: link.createdAt,
      expires_at: link.expiresAt,
      revoked_by: null,
      revoked_at: null,
      last_opened_at: null,
    })
    .execute();
}

function select(db: Database | Trx) {
  return db
    .selectFrom('links')
    .select([
      'links.id as id',
      'links.account_id as accountId',
      'links.study_id as studyId',
      'links.digest as digest',
      'links.password_hash as passwordHash',
      'links.download as download',
      'links.cell as cell',
      'links.created_by as createdBy',
      'links.created_at as createdAt',
      endsAt.as('expiresAt'),
      'links.revoked_by as revokedBy',
      'links.revoked_at as revokedAt',
      'links.opened as opened',
      'links.last_opened_at as lastOpenedAt',
      'links.wrong_passwords as wrongPasswords',
      sql<string>`(select patient_id from studies where studies.id = links.study_id)`.as('patientId'),
      sql<string>`(select coalesce(key_id, id) from studies where studies.id = links.study_id)`.as('keyId'),
    ]);
}

/** A link by its id alone: for who comes with its secret, and belongs to no account. */
export async function linkById(db: Database, linkId: string): Promise<StudyLink | undefined> {
  return select(db).where('links.id', '=', linkId).executeTakeFirst();
}

export async function linkOfAccount(
  db: Database | Trx,
  accountId: string,
  linkId: string,
): Promise<StudyLink | undefined> {
  return select(db).where('links.account_id', '=', accountId).where('links.id', '=', linkId).executeTakeFirst();
}

/** Which links somebody may see: of one study or of any, by which rows of `studies` they reach, with what they made themselves and without. */
export type LinksSeen = {
  readonly studyId?: string | undefined;
  readonly userId: string;
  readonly ofMine: RawBuilder<boolean>;
  readonly ofOthers: RawBuilder<boolean>;
};

/** Behind which link a page goes on. */
export type LinkPosition = { readonly createdAt: Date; readonly id: string };

/** Links that are open, or those that are not, newest first. Rides `links_of_a_study` and `links_of_an_account`. */
export async function linksOf(
  db: Database,
  accountId: string,
  state: 'open' | 'closed',
  { studyId, userId, ofMine, ofOthers }: LinksSeen,
  page: { readonly after: LinkPosition | undefined; readonly limit: number; readonly now: Date },
): Promise<StudyLink[]> {
  const { after, limit, now } = page;
  let query = select(db)
    .innerJoin('studies', 'studies.id', 'links.study_id')
    .where('links.account_id', '=', accountId)
    .where('studies.account_id', '=', accountId)
    .where(sql<boolean>`case when links.created_by = ${userId} then ${ofMine} else ${ofOthers} end`)
    .where(sql<boolean>`(links.revoked_at is null and links.expires_at > ${now}) = ${state === 'open'}`);
  if (studyId !== undefined) query = query.where('links.study_id', '=', studyId);
  if (after !== undefined) {
    const { createdAt, id } = after;
    query = query.where('links.created_at', '<=', createdAt);
    query = query.where(sql<boolean>`(links.created_at < ${createdAt} or links.id > ${id})`);
  }
  return query.orderBy('links.created_at', 'desc').orderBy('links.id').limit(limit).execute();
}

/** What is sealed of a study's links. */
export async function notesOf(
  trx: Trx,
  studyId: string,
): Promise<{ readonly id: string; readonly cell: Uint8Array }[]> {
  return trx.selectFrom('links').select(['id', 'cell']).where('study_id', '=', studyId).forUpdate().execute();
}

export async function writeNote(trx: Trx, linkId: string, cell: Uint8Array): Promise<void> {
  await trx
    .updateTable('links')
    .set({ cell: Buffer.from(cell) })
    .where('id', '=', linkId)
    .execute();
}

/** Removes the links of studies that are erased, with their visits; says how many. */
export async function removeLinksOf(trx: Trx, studyIds: readonly string[]): Promise<number> {
  const of = sql`study_id = any(${[...studyIds]}::uuid[])`;
  await sql`delete from link_visits where link_id in (select id from links where ${of})`.execute(trx);
  const { numAffectedRows } = await sql`delete from links where ${of}`.execute(trx);
  return Number(numAffectedRows ?? 0);
}

export async function countLinksOf(db: Database | Trx, studyIds: readonly string[]): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from links
    where study_id = any(${[...studyIds]}::uuid[]) and revoked_at is null and expires_at > now()`.execute(db);
  return rows[0]?.count ?? 0;
}

/** Revokes a link that is not revoked yet; true where this call did it. */
export async function markRevoked(trx: Trx, linkId: string, userId: string, now: Date): Promise<boolean> {
  const done = await trx
    .updateTable('links')
    .set({ revoked_by: userId, revoked_at: now })
    .where('id', '=', linkId)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

export async function countOpening(trx: Trx, linkId: string, now: Date): Promise<void> {
  await trx
    .updateTable('links')
    .set({ opened: sql`opened + 1`, last_opened_at: now })
    .where('id', '=', linkId)
    .execute();
}

export async function countWrongPassword(trx: Trx, linkId: string): Promise<void> {
  await trx.updateTable('links').set({ wrong_passwords: sql`wrong_passwords + 1` }).where('id', '=', linkId).execute();
}

export type NewVisit = {
  readonly id: string;
  readonly digest: Uint8Array;
  readonly linkId: string;
  readonly address: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
};

/** Adds a visit, and forgets those that are over. */
export async function addVisit(trx: Trx, visit: NewVisit): Promise<void> {
  await trx.deleteFrom('link_visits').where('expires_at', '<', visit.createdAt).execute();
  await trx
    .insertInto('link_visits')
    .values({
      id: visit.id,
      digest: Buffer.from(visit.digest),
      link_id: visit.linkId,
      address: visit.address,
      created_at: visit.createdAt,
      expires_at: visit.expiresAt,
    })
    .execute();
}

export type VisitRow = Pick<StudyLink, 'accountId' | 'studyId' | 'download' | 'expiresAt' | 'revokedAt'> & {
  readonly visitId: string;
  readonly visitEndsAt: Date;
};

/** A visit with what its link says now. */
export async function visitByDigest(db: Database, linkId: string, digest: Uint8Array): Promise<VisitRow | undefined> {
  return db
    .selectFrom('link_visits')
    .innerJoin('links', 'links.id', 'link_visits.link_id')
    .select([
      'link_visits.id as visitId',
      'link_visits.expires_at as visitEndsAt',
      'links.account_id as accountId',
      'links.study_id as studyId',
      'links.download as download',
      endsAt.as('expiresAt'),
      'links.revoked_at as revokedAt',
    ])
    .where('link_visits.digest', '=', Buffer.from(digest))
    .where('link_visits.link_id', '=', linkId)
    .executeTakeFirst();
}
