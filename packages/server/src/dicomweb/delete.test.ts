import { ctStudy } from '@symbolon/testbed';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ConflictSite, conflictSite } from '../conflicts/conflict-site.testing.ts';
import { onceOutOfSight } from '../erasure/index.ts';
import { type DeleteDeps, erasePath } from './delete.ts';
import { RetrieveMemory } from './retrieve-memory.ts';
import type { Asked } from './selection.ts';

let site: ConflictSite;
let deps: DeleteDeps;
beforeAll(async () => {
  site = await conflictSite();
  const { now } = site.rewriting;
  // Nobody goes on with what is asked here, as where the job waits for room, or another node does it.
  deps = { ...site.rewriting, publicUrl: '', kept: new RetrieveMemory(now), closed: () => {}, wake: () => {} };
});
afterAll(() => site?.stop());

const hungUp = AbortSignal.abort();
const files = [...ctStudy({ seed: 9990, slices: 3, series: 2, rows: 16, columns: 16 })];
const [first, second] = [files[0]!, files[3]!];
const erase = (params: { series?: string; instance?: string }) =>
  erasePath(
    deps,
    { params: { study: first.studyInstanceUid, ...params }, actor: site.actor } as unknown as Asked,
    'other',
    hungUp,
  );

test('what is being erased and is still in sight is not erased again; what is beside it is', async () => {
  await site.send(files.map(({ bytes }) => new Uint8Array(bytes)));
  const instance = { series: first.seriesInstanceUid, instance: first.sopInstanceUid };
  expect(await erase(instance)).toMatchObject({ kind: 'instances', state: 'asked', outOfSightAt: null });
  await expect(erase(instance)).rejects.toMatchObject({ code: 'STUDY_NOT_FOUND' });
  expect(await erase({ ...instance, instance: files[1]!.sopInstanceUid })).toMatchObject({ kind: 'instances' });

  expect(await erase({ series: second.seriesInstanceUid })).toMatchObject({ kind: 'series', instances: 3 });
  const within = { series: second.seriesInstanceUid, instance: second.sopInstanceUid };
  for (const again of [{ series: second.seriesInstanceUid }, within])
    await expect(erase(again)).rejects.toMatchObject({ code: 'STUDY_NOT_FOUND' });
  // More than that may be wanted gone: the series of which an instance goes, and the study.
  expect(await erase({ series: first.seriesInstanceUid })).toMatchObject({ kind: 'series' });
  expect(await erase({})).toMatchObject({ kind: 'study', state: 'out of sight' });
  await expect(erase({})).rejects.toMatchObject({ code: 'STUDY_NOT_FOUND' });
});

test('who asked waits for nothing that has failed, nor longer than they are there', async () => {
  await site.send(files.map(({ bytes }) => new Uint8Array(bytes)));
  const asked = await erase({ series: first.seriesInstanceUid });
  const { accountId } = site.actor;
  expect(await onceOutOfSight(deps, accountId, asked, hungUp)).toEqual(asked);
  const going = new AbortController();
  const failed = { ...asked, failure: 'STORAGE_FULL' };
  expect(await onceOutOfSight(deps, accountId, failed, going.signal)).toEqual(failed);
  // It ends while somebody waits.
  const waiting = onceOutOfSight(deps, accountId, asked, going.signal);
  await deps.database.updateTable('erasures').set({ out_of_sight_at: new Date() }).where('id', '=', asked.id).execute();
  expect(await waiting).toMatchObject({ id: asked.id, state: 'out of sight' });
});
