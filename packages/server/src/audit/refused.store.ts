import { sql } from 'kysely';
import type { Database, Trx } from '../platform/db/database.ts';

export type RefusedTries = {
  readonly name: string;
  readonly since: Date;
  readonly endsAt: Date;
  readonly tries: number;
  readonly accountId: string | null;
  readonly userId: string | null;
  readonly linkId: string | null;
  readonly address: string | null;
  readonly action: string;
  readonly kind: string;
};

/** Counts one more of a window, and says how many there are. */
export async function countRefused(trx: Trx, refused: Omit<RefusedTries, 'tries'>): Promise<number> {
  const { name, since, endsAt, accountId, userId, linkId, address, action, kind } = refused;
  const { rows } = await sql<{ tries: number }>`
    insert into refused_tries (name, since, ends_at, tries, account_id, user_id, link_id, address, action, kind)
    values (${name}, ${since}, ${endsAt}, 1, ${accountId}, ${userId}, ${linkId}, ${address}, ${action}, ${kind})
    on conflict (name, since) do update set tries = refused_tries.tries + 1
    returning tries`.execute(trx);
  return rows[0]?.tries as number;
}

/** Takes out, for whoever records them, those of windows that are over, or of one person; so many at once, each once whoever asks. */
export async function takeRefused(
  trx: Database | Trx,
  which: { readonly before: Date; readonly most: number } | { readonly userId: string },
): Promise<RefusedTries[]> {
  const some =
    'userId' in which
      ? sql`user_id = ${which.userId}`
      : sql`(name, since) in (select name, since from refused_tries where ends_at <= ${which.before}
          order by ends_at limit ${which.most} for update skip locked)`;
  const { rows } = await sql<RefusedTries>`delete from refused_tries where ${some}
    returning name, since, ends_at as "endsAt", tries, account_id as "accountId", user_id as "userId",
      link_id as "linkId", address, action, kind`.execute(trx);
  return rows;
}
