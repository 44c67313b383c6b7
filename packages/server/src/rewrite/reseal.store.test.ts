import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { plantStudies, watchedPostgres } from '../platform/db/watched-postgres.testing.ts';
import { keysWithoutPacks } from './reseal.store.ts';

test('old keys are destroyed when the newest backup holds nothing under them either', async () => {
  const postgres = await watchedPostgres();
  try {
    const { database } = postgres;
    const { accountId, studyId } = await plantStudies(database, 3);
    const [oldKey, newKey] = [studyId, randomUUID()];
    const spent = async () => (await keysWithoutPacks(database, 10)).map(({ keyId }) => keyId);
    const backup = (hoursAgo: number) =>
      sql`insert into backup_runs (id, place, started_at, state, phase)
        values (gen_random_uuid(), 'p', now() - make_interval(hours => ${hoursAgo}), 'whole', 'x')`.execute(database);
    await sql`insert into spent_keys select ${oldKey}, ${accountId}, patient_id, id, now() - interval '60 hours' from studies
      where id = ${studyId}`.execute(database);
    expect(await spent()).toEqual([]);
    await sql`update packs set key_id = ${newKey}, rewritten_at = now() - interval '48 hours' where study_id = ${studyId}`.execute(
      database,
    );
    // No backup is made here at all: nothing to wait for.
    expect(await spent()).toEqual([oldKey]);
    // From before; then one that was made while packs were sealed anew one after another.
    await backup(70);
    expect(await spent()).toEqual([]);
    await backup(50);
    expect(await spent()).toEqual([]);
    await backup(24);
    expect(await spent()).toEqual([oldKey]);
  } finally {
    await postgres.stop();
  }
});
