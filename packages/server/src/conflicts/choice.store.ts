import { sql } from 'kysely';
import type { Database, Trx } from '../platform/db/database.ts';

/** An instance by its pack and its position in there. */
export type Spot = readonly [packId: string, position: number];

/** What somebody chose. `turned`: what is current, and what is not, the other way round since; `settled`: what is decided by it. */
export type Choice = {
  readonly id: string;
  readonly accountId: string;
  readonly studyId: string;
  readonly choice: 'held' | 'new';
  readonly instances: number;
  readonly turned: readonly Spot[];
  readonly settled: readonly Spot[];
  readonly chosenBy: string;
  readonly chosenAt: Date;
  readonly undoneBy: string | null;
  readonly undoneAt: Date | null;
};

export async function addChoice(trx: Trx, choice: Omit<Choice, 'undoneBy' | 'undoneAt'>): Promise<void> {
  await trx
    .insertInto('conflict_choices')
    .values({
      id: choice.id,
      account_id: choice.accountId,
      study_id: choice.studyId,
      choice: choice.choice,
      instances: choice.instances,
      // The driver writes an array as PostgreSQL's own; JSON it takes as a text.
      turned: JSON.stringify(choice.turned) as never,
      settled: JSON.stringify(choice.settled) as never,
      chosen_by: choice.chosenBy,
      chosen_at: choice.chosenAt,
      undone_by: null,
      undone_at: null,
    })
    .execute();
}

const facts = [
  'id',
  'account_id as accountId',
  'study_id as studyId',
  'choice',
  'instances',
  'chosen_by as chosenBy',
  'chosen_at as chosenAt',
  'undone_by as undoneBy',
  'undone_at as undoneAt',
] as const;

/** The last choices about a study, newest first, without what each instance became. */
export async function choicesOf(
  db: Database,
  accountId: string,
  studyId: string,
  limit: number,
): Promise<Omit<Choice, 'turned' | 'settled'>[]> {
  return db
    .selectFrom('conflict_choices')
    .select(facts)
    .where('account_id', '=', accountId)
    .where('study_id', '=', studyId)
    .orderBy('chosen_at', 'desc')
    .orderBy('id')
    .limit(limit)
    .execute();
}

export async function choiceById(
  db: Database | Trx,
  accountId: string,
  studyId: string,
  id: string,
): Promise<Choice | undefined> {
  return db
    .selectFrom('conflict_choices')
    .select([...facts, 'turned', 'settled'])
    .where('account_id', '=', accountId)
    .where('study_id', '=', studyId)
    .where('id', '=', id)
    .executeTakeFirst();
}

export async function markUndone(trx: Trx, id: string, undoneBy: string, undoneAt: Date): Promise<void> {
  await trx
    .updateTable('conflict_choices')
    .set({ undone_by: undoneBy, undone_at: undoneAt })
    .where('id', '=', id)
    .where('undone_at', 'is', null)
    .execute();
}

/** Removes what was chosen about studies that are erased. */
export async function removeChoicesOf(trx: Trx, studyIds: readonly string[]): Promise<void> {
  await sql`delete from conflict_choices where study_id = any(${[...studyIds]}::uuid[])`.execute(trx);
}

/** What of these packs choices that stand made current, each with how late that was: by `packId.position`. */
export async function chosenSpots(
  trx: Trx,
  accountId: string,
  packIds: readonly string[],
): Promise<Map<string, number>> {
  const rows = await trx
    .selectFrom('conflict_choices')
    .select('turned')
    .where('account_id', '=', accountId)
    .where('undone_at', 'is', null)
    .where(
      sql<boolean>`exists (select from jsonb_array_elements(turned) as spot where spot ->> 0 = any(${[...packIds]}::text[]))`,
    )
    .orderBy('chosen_at')
    .orderBy('id')
    .execute();
  // Of each pair the first became current.
  return new Map(
    rows.flatMap(({ turned }, late) =>
      turned.flatMap(([packId, position], at): [string, number][] =>
        at % 2 === 0 ? [[`${packId}.${position}`, late]] : [],
      ),
    ),
  );
}

/** Where the instances of a pack are now: in another pack, each at the position given for its own; undefined where it was erased: choices go on naming where that was. */
export type Moved = { readonly packId: string; readonly at: (position: number) => number | undefined };

/**
 * Has choices name instances where they are now. Only such packs need be moved as carry marks: what no choice that stands
 * names has none. The studies of these packs must be locked.
 */
export async function moveSpots(trx: Trx, accountId: string, moved: ReadonlyMap<string, Moved>): Promise<void> {
  const rows = await trx
    .selectFrom('conflict_choices')
    .select(['id', 'turned', 'settled'])
    .where('account_id', '=', accountId)
    .where(
      sql<boolean>`exists (select from jsonb_array_elements(turned || settled) as spot where spot ->> 0 = any(${[...moved.keys()]}::text[]))`,
    )
    .orderBy('id')
    .forUpdate()
    .execute();
  const there = ([packId, position]: Spot): Spot => {
    const to = moved.get(packId);
    if (to === undefined) return [packId, position];
    const at = to.at(position);
    return at === undefined ? [packId, position] : [to.packId, at];
  };
  for (const { id, turned, settled } of rows) {
    await trx
      .updateTable('conflict_choices')
      .set({
        turned: JSON.stringify(turned.map(there)) as never,
        settled: JSON.stringify(settled.map(there)) as never,
      })
      .where('id', '=', id)
      .execute();
  }
}
