import { afterAll, beforeAll, expect, test } from 'vitest';
import { plantStudies, type WatchedPostgres, watchedPostgres } from '../platform/db/watched-postgres.testing.ts';
import { packIdsOf, packsOf, packsToRead, packsWithTokens, sealedIdentities, sealedManifests } from './pack.store.ts';

let watched: WatchedPostgres;
let planted: Awaited<ReturnType<typeof plantStudies>>;
beforeAll(async () => {
  watched = await watchedPostgres();
  planted = await plantStudies(watched.database, 5000);
  watched = watched.asAccount(planted.accountId);
});
afterAll(() => watched.stop());

test.each([1, 100, 1000])('packs by %s tokens ride pack_tokens_tokens', async (count) => {
  const tokens = Array.from({ length: count }, (_, at) => BigInt(at + 1) << 40n);
  const [plan] = await watched.plansOf(() => packsWithTokens(watched.database, planted.accountId, tokens));
  expect(plan).toMatch(/Bitmap Index Scan on pack_tokens_tokens/);
  expect(plan).not.toMatch(/Seq Scan on pack/);
});

test('the packs of a study ride packs_of_a_study', async () => {
  const { studyId, accountId } = planted;
  const [plan] = await watched.plansOf(() =>
    packsOf(watched.database, accountId, { studyId }, { after: -1, limit: 16 }),
  );
  expect(plan).toMatch(/Index Scan (using|on) packs_of_a_study/);
  expect(plan).not.toMatch(/Seq Scan/);
});

test('the packs of a series ride an index of theirs', async () => {
  const { studyId, accountId } = planted;
  const series = await watched.database
    .selectFrom('series')
    .select('id')
    .where('study_id', '=', studyId)
    .executeTakeFirstOrThrow();
  const [plan] = await watched.plansOf(() =>
    packsOf(watched.database, accountId, { studyId, seriesId: series.id }, { after: -1, limit: 16 }),
  );
  expect(plan).toMatch(/Index Scan (using|on) packs_of_a_(series|study)/);
  expect(plan).not.toMatch(/Seq Scan/);
});

test('packs by their ids ride the primary key', async () => {
  const { studyId, accountId } = planted;
  const [pack] = await packsOf(watched.database, accountId, { studyId }, { after: -1, limit: 1 });
  const [plan] = await watched.plansOf(() => packsToRead(watched.database, accountId, [pack!.packId]));
  expect(plan).toMatch(/Index Scan (using|on) packs_pkey/);
});

test('the ids of the packs of a study ride packs_of_a_study', async () => {
  const { studyId, accountId } = planted;
  const [plan] = await watched.plansOf(() => packIdsOf(watched.database, accountId, { studyId }));
  expect(plan).toMatch(/Index Scan (using|on) packs_of_a_study/);
});

test.each([
  ['manifests', sealedManifests],
  ['identity halves', sealedIdentities],
])('the sealed %s of a page of packs ride the primary key', async (_, read) => {
  const { studyId, accountId } = planted;
  const packs = await packsOf(watched.database, accountId, { studyId }, { after: -1, limit: 16 });
  const ids = packs.map(({ packId }) => packId);
  const [plan] = await watched.plansOf(() => read(watched.database, accountId, ids));
  expect(plan).toMatch(/Index Scan (using|on) packs_pkey/);
  expect(plan).not.toMatch(/Seq Scan/);
});

test('listing packs reads nothing sealed: neither column is in a statement of a list', async () => {
  const { studyId, accountId } = planted;
  const packs = await packsOf(watched.database, accountId, { studyId }, { after: -1, limit: 16 });
  expect(packs.length).toBeGreaterThan(0);
  for (const pack of packs) {
    expect(pack).not.toHaveProperty('manifest');
    expect(pack).not.toHaveProperty('identity');
  }
});
