import { may, type SignedIn } from '../access/index.ts';
import type { Database, Trx } from '../platform/db/database.ts';
import { countsAsTheirs, extentOf, type StudyRow, studiesByIds, type Version } from '../studies/index.ts';

type Rows = ReadonlyMap<string, StudyRow>;

async function rowsOf(db: Database | Trx, accountId: string, studyIds: Iterable<string>): Promise<Rows> {
  const rows = await studiesByIds(db, accountId, [...new Set(studyIds)]);
  return new Map(rows.map((row) => [row.id, row]));
}

/**
 * Law 5 within what counts as a sender's: what others hold under the same UIDs, where this one cannot see it, is neither told
 * nor in the way. Gives the versions that count for an actor.
 */
export async function versionsFor(
  db: Database | Trx,
  accountId: string,
  held: ReadonlyMap<string, readonly Version[]>,
): Promise<(actor: SignedIn, sopInstanceUid: string) => readonly Version[]> {
  const studyIds = [...held.values()].flatMap((versions) => versions.map(({ pack }) => pack.studyId));
  const rows = studyIds.length === 0 ? new Map() : await rowsOf(db, accountId, studyIds);
  return (actor, uid) =>
    (held.get(uid) ?? []).filter(({ pack }) => {
      const row = rows.get(pack.studyId);
      return row !== undefined && countsAsTheirs(actor, row);
    });
}

/** Whether what one sender brings is where another may add to it, too. */
export const sharesNewStudies = (actor: SignedIn, first: SignedIn): boolean =>
  actor.namespaceId === first.namespaceId ||
  may(actor, 'study.add', { accountId: first.accountId, namespaceId: first.namespaceId });

/** Those of these studies that an actor may know of: they can look at them, or they count as theirs. */
export async function knownStudies(
  db: Database,
  actor: SignedIn,
  studyIds: Iterable<string>,
): Promise<ReadonlySet<string>> {
  const rows = await rowsOf(db, actor.accountId, studyIds);
  const known = [...rows.values()].filter(
    (row) => extentOf(actor, 'study.view', row) === 'whole' || countsAsTheirs(actor, row),
  );
  return new Set(known.map(({ id }) => id));
}
