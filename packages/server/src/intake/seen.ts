import type { SignedIn } from '../access/index.ts';
import type { Database, Trx } from '../platform/db/database.ts';
import {
  type ChosenStudy,
  countsAsTheirs,
  extentOf,
  type StudyRow,
  studiesByIds,
  type Version,
} from '../studies/index.ts';

type Rows = ReadonlyMap<string, StudyRow>;

async function rowsOf(db: Database | Trx, accountId: string, studyIds: Iterable<string>): Promise<Rows> {
  const rows = await studiesByIds(db, accountId, [...new Set(studyIds)]);
  return new Map(rows.map((row) => [row.id, row]));
}

/**
 * Law 5 within the namespace into which an instance is placed, and there within what counts as its sender's: what lies in other
 * namespaces, and what others hold where this one cannot see it, is neither told nor in the way. Gives the versions that count.
 */
export async function versionsFor(
  db: Database | Trx,
  accountId: string,
  held: ReadonlyMap<string, readonly Version[]>,
): Promise<(actor: SignedIn, study: ChosenStudy, sopInstanceUid: string) => readonly Version[]> {
  const studyIds = [...held.values()].flatMap((versions) => versions.map(({ pack }) => pack.studyId));
  const rows = studyIds.length === 0 ? new Map() : await rowsOf(db, accountId, studyIds);
  return (actor, { namespaceId }, uid) =>
    (held.get(uid) ?? []).filter(({ pack }) => {
      const row = rows.get(pack.studyId);
      return row !== undefined && row.namespaceId === namespaceId && countsAsTheirs(actor, row);
    });
}

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
