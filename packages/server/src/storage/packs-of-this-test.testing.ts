import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Database, Trx } from '../platform/db/database.ts';

type Size = { readonly instances: number; readonly bytes: number };

/** Rows of packs in a study that was planted, without anything sealed behind them. */
export function packsOfThisTest(database: Database, accountId: string) {
  const addWithin = async (trx: Trx, count: number, { instances, bytes }: Size, ids?: readonly string[]) => {
    const series = await trx
      .selectFrom('series')
      .select(['id', 'study_id'])
      .where('account_id', '=', accountId)
      .limit(1)
      .executeTakeFirstOrThrow();
    const rows = Array.from({ length: count }, (_, at) => ({
      id: ids?.[at] ?? randomUUID(),
      account_id: accountId,
      study_id: series.study_id,
      series_id: series.id,
      state: 'current' as const,
      version: 1,
      manifest: Buffer.alloc(1),
      identity: null,
      identity_sealed_bytes: 1,
      image_sealed_bytes: 1,
      instance_count: instances,
      bytes,
    }));
    await trx.insertInto('packs').values(rows).execute();
    return rows.map(({ id }) => id);
  };
  return {
    addWithin,
    add: (count: number, size: Size, and?: 'and roll back') =>
      database.transaction().execute(async (trx) => {
        const ids = await addWithin(trx, count, size);
        if (and !== undefined) throw new Error('rolled back');
        return ids;
      }),
    /** Moves a pack to where a rewrite keeps what it replaced. */
    replaced: async (id: string) => {
      await sql`insert into replaced_packs select id, account_id, study_id, series_id, ordinal, state, version, manifest,
        identity, identity_sealed_bytes, image_sealed_bytes, image_key, instance_count, bytes, turned, id
        from packs where id = ${id}`.execute(database);
      await database.deleteFrom('packs').where('id', '=', id).execute();
    },
    remove: (ids: readonly string[]) =>
      database
        .deleteFrom('packs')
        .where('id', 'in', [...ids])
        .execute(),
  };
}
