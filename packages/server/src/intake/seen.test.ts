import { roleTemplates } from '@symbolon/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ConflictSite, conflictSite, fileOf, sha256Of } from '../conflicts/conflict-site.testing.ts';
import { heldAmong } from './held.ts';

let site: ConflictSite;
beforeAll(async () => {
  site = await conflictSite();
});
afterAll(() => site?.stop());

const [first, second] = [0, 1].map((slice) => fileOf(1, { slice, version: 0 })) as [
  Uint8Array<ArrayBuffer>,
  Uint8Array<ArrayBuffer>,
];
const both = [first, second].map(sha256Of);

test('who may only send sends a series over two requests into one study, approved or not, and asks what of it is held', async () => {
  const sender = await site.another(roleTemplates.uploader.decisions);
  const send = async (file: Uint8Array<ArrayBuffer>) => (await site.send([file], undefined, sender))[0];
  const mine = () =>
    site.deps.database.selectFrom('studies').selectAll().where('namespace_id', '=', sender.namespaceId);
  expect(await send(first)).toMatchObject({ kind: 'taken' });
  await site.deps.database
    .updateTable('studies')
    .set({ unapproved: true })
    .where('namespace_id', '=', sender.namespaceId)
    .execute();
  expect(await send(second)).toMatchObject({ kind: 'taken' });
  expect(await send(first)).toMatchObject({ kind: 'already held' });
  expect(await send(fileOf(1, { slice: 0, version: 1 }))).toMatchObject({ kind: 'conflict' });
  expect(await mine().execute()).toMatchObject([{ instance_count: 2 }]);
  expect([...(await heldAmong(site.deps, sender, both)).keys()].sort()).toEqual(both.toSorted());
  // Of somebody else's nothing counts, and nothing is told.
  const another = await site.another(roleTemplates.uploader.decisions);
  expect([...(await heldAmong(site.deps, another, both)).keys()]).toEqual([]);
  expect((await site.send([first], undefined, another))[0]).toMatchObject({ kind: 'taken' });
});

test('what a role denies to be added to does not count as theirs', async () => {
  const sender = await site.another({ ...roleTemplates.uploader.decisions, 'study.add.own': 'deny' });
  const send = async () => (await site.send([first], undefined, sender))[0];
  expect([await send(), await send()]).toMatchObject([{ kind: 'taken' }, { kind: 'taken' }]);
  expect([...(await heldAmong(site.deps, sender, both)).keys()]).toEqual([]);
});
