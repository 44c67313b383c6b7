import { builtinDecisions } from '@symbolon/contract';
import { ctStudy } from '@symbolon/testbed';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { personWith } from '../access/actor.testing.ts';
import { heldAmong } from '../intake/held.ts';
import { choose } from './choose.ts';
import { type ConflictSite, conflictSite, fileOf, sha256Of } from './conflict-site.testing.ts';
import { keptFile } from './kept-file.ts';
import { listConflicts } from './list-conflicts.ts';
import { PixelComparison } from './pixel-difference.ts';
import { showConflict } from './show-conflict.ts';
import { undoChoice } from './undo-choice.ts';

let site: ConflictSite;
beforeAll(async () => {
  site = await conflictSite();
});
afterAll(() => site?.stop());

const comparison = new PixelComparison();
const shown = (studyId: string) => showConflict(site.deps, comparison, site.actor, studyId, undefined);
const study = async (): Promise<string> => (await site.studies()).at(-1)!.id;
const take = async (studyId: string, instances?: string[]) =>
  choose(site.deps, site.actor, studyId, { choice: 'new', until: Number((await shown(studyId)).until), instances });

const uidsOf = (seed: number, slices: number): string[] =>
  [...ctStudy({ seed, slices, rows: 16, columns: 16 })].map(({ sopInstanceUid }) => sopInstanceUid);

async function currentOf(seed: number, slices: number): Promise<string[]> {
  const versions = await site.versions(uidsOf(seed, slices));
  return [...versions.values()].flat().flatMap(({ current, instance }) => (current ? [instance.sha256] : []));
}

test('what arrives while somebody looks is not part of what they choose', async () => {
  const [old, one, two] = [0, 1, 2].map((version) => fileOf(1, { slice: 0, version }));
  await site.send([old!]);
  await site.send([one!]);
  const studyId = await study();
  const before = await shown(studyId);
  await site.send([two!]);
  await choose(site.deps, site.actor, studyId, { choice: 'new', until: Number(before.until) });
  expect(await currentOf(1, 1)).toEqual([sha256Of(one!)]);
  expect(await shown(studyId)).toMatchObject({ open: 1, decided: 1 });
});

test('two who choose at the same time: one does, the other is told to look again', async () => {
  await site.send([0, 1, 2].map((slice) => fileOf(2, { slice, version: 0 })));
  await site.send([0, 1, 2].map((slice) => fileOf(2, { slice, version: 2 })));
  const studyId = await study();
  const results = await Promise.allSettled([take(studyId), take(studyId)]);
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(results.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'CONFLICT_CHANGED' } });
  expect((await currentOf(2, 3)).sort()).toEqual(
    [0, 1, 2].map((slice) => sha256Of(fileOf(2, { slice, version: 2 }))).sort(),
  );
});

test('whoever sends the same instances while somebody chooses and undoes breaks nothing', async () => {
  const files = (version: number) => [0, 1, 2, 3].map((slice) => fileOf(3, { slice, version }));
  await site.send(files(0));
  await site.send(files(1));
  const studyId = await study();
  for (let round = 0; round < 5; round += 1) {
    const [choice] = await Promise.all([take(studyId), site.send(files(2)), site.send(files(0))]);
    await Promise.all([undoChoice(site.deps, site.actor, studyId, choice.id), site.send(files(1))]);
    const versions = await site.versions(uidsOf(3, 4));
    for (const of of versions.values()) {
      expect(of.filter(({ current }) => current)).toHaveLength(1);
      // Each version once: none was kept a second time because it was, or was not, current when it came again.
      expect(of).toHaveLength(3);
    }
    expect((await currentOf(3, 4)).sort()).toEqual(files(0).map(sha256Of).sort());
  }
});

test('held means what is current: after the choice the new file is, and the old one is aside', async () => {
  const [old, taken] = [0, 1].map((version) => fileOf(4, { slice: 0, version })) as [
    Uint8Array<ArrayBuffer>,
    Uint8Array<ArrayBuffer>,
  ];
  await site.send([old]);
  await site.send([taken]);
  const studyId = await study();
  const choice = await take(studyId);
  const both = [sha256Of(old), sha256Of(taken)];
  expect([...(await heldAmong(site.deps, site.actor, both)).keys()]).toEqual([both[1]]);
  expect(await site.send([taken])).toMatchObject([{ kind: 'already held' }]);
  expect(await site.send([old])).toMatchObject([{ kind: 'conflict', keptAside: 'before' }]);
  await undoChoice(site.deps, site.actor, studyId, choice.id);
  expect([...(await heldAmong(site.deps, site.actor, both)).keys()]).toEqual([both[0]]);
});

test('a study that is replaced whole says whose it is now; undone, whose it was', async () => {
  await site.send([0, 1].map((slice) => fileOf(5, { slice, version: 0 })));
  const studyId = await study();
  await site.send([0, 1].map((slice) => fileOf(5, { slice, version: 3 })));
  const before = await shown(studyId);
  const { id } = await take(studyId);
  expect((await shown(studyId)).study.patientName).toBe('Other, Version 3');
  expect((await site.studies()).at(-1)).toMatchObject({ misidentified: false, instanceCount: 2, seriesCount: 1 });
  await undoChoice(site.deps, site.actor, studyId, id);
  expect(await shown(studyId)).toMatchObject({ study: before.study, open: 2, decided: 0 });
  // A part of it: found under both, and marked.
  await take(studyId, [before.instances[0]!.id]);
  expect((await shown(studyId)).study).toEqual(before.study);
  expect((await site.studies()).at(-1)).toMatchObject({ misidentified: true, instanceCount: 2 });
});

test('a choice that a later one built on is undone after that', async () => {
  await site.send([fileOf(6, { slice: 0, version: 0 })]);
  const studyId = await study();
  await site.send([fileOf(6, { slice: 0, version: 1 })]);
  const first = await take(studyId);
  await site.send([fileOf(6, { slice: 0, version: 2 })]);
  const second = await take(studyId);
  const undo = (id: string) => undoChoice(site.deps, site.actor, studyId, id);
  await expect(undo(first.id)).rejects.toMatchObject({ code: 'CONFLICT_CHANGED' });
  await undo(second.id);
  await expect(undo(second.id)).rejects.toMatchObject({ code: 'CONFLICT_CHANGED' });
  await undo(first.id);
  expect(await currentOf(6, 1)).toEqual([sha256Of(fileOf(6, { slice: 0, version: 0 }))]);
  expect(await shown(studyId)).toMatchObject({ open: 2, choices: [{ undoneBy: 'Ada' }, { undoneBy: 'Ada' }] });
});

test('a member sees the differences and chooses nothing; another account sees nothing', async () => {
  await site.send([fileOf(7, { slice: 0, version: 0 })]);
  const studyId = await study();
  await site.send([fileOf(7, { slice: 0, version: 1 })]);
  const { userId, accountId, namespaceId } = site.actor;
  const member = personWith('member', { userId, accountId, namespaceId });
  expect(await showConflict(site.deps, comparison, member, studyId, undefined)).toMatchObject({
    open: 1,
    may: { resolve: false, download: false },
  });
  const notFound = { code: 'STUDY_NOT_FOUND' };
  await expect(choose(site.deps, member, studyId, { choice: 'new', until: 1e9 })).rejects.toMatchObject(notFound);
  await expect(keptFile(site.deps, member, studyId, 'a'.repeat(64))).rejects.toMatchObject(notFound);
  const stranger = { ...site.actor, accountId: '00000000-0000-4000-8000-00000000000f' };
  await expect(showConflict(site.deps, comparison, stranger, studyId, undefined)).rejects.toMatchObject(notFound);
  await expect(choose(site.deps, stranger, studyId, { choice: 'new', until: 1e9 })).rejects.toMatchObject(notFound);
});

test('the list has one item a study, the newest first, and what is decided is no longer open', async () => {
  const { conflicts } = await listConflicts(site.deps, site.actor, 'open', undefined);
  const studyId = await study();
  expect(conflicts[0]).toMatchObject({ study: { id: studyId }, open: 1, decided: 0, sentBy: ['Ada'] });
  expect(new Set(conflicts.map((item) => item.study.id)).size).toBe(conflicts.length);
  await choose(site.deps, site.actor, studyId, { choice: 'held', until: 1e9 });
  const open = await listConflicts(site.deps, site.actor, 'open', undefined);
  expect(open.conflicts.map((item) => item.study.id)).not.toContain(studyId);
  const decided = await listConflicts(site.deps, site.actor, 'decided', undefined);
  expect(decided.conflicts[0]).toMatchObject({ study: { id: studyId }, open: 0, decided: 1 });
});

test("a study under the same UIDs in another's namespace is neither shown nor turned over", async () => {
  const theirs = await site.another('member');
  const mine = await site.another({ ...builtinDecisions.member, 'conflict.resolve.own': 'permit' });
  const [here, other, came] = [0, 3, 1].map((version) => fileOf(8, { slice: 0, version }));
  await site.send([other!], undefined, theirs);
  const elsewhere = await study();
  await site.send([here!], undefined, mine);
  await site.send([came!], undefined, mine);
  const studyId = await study();
  const seen = await showConflict(site.deps, comparison, mine, studyId, undefined);
  expect(seen.instances).toMatchObject([{ held: { sha256: sha256Of(here!) } }]);
  expect(JSON.stringify(seen)).not.toContain('Version 3');
  const { id } = await choose(site.deps, mine, studyId, { choice: 'new', until: 1e9 });
  expect([await site.countedIn(elsewhere), await site.countedIn(studyId)]).toEqual([1, 1]);
  expect((await currentOf(8, 1)).sort()).toEqual([other!, came!].map(sha256Of).sort());
  await undoChoice(site.deps, mine, studyId, id);
  expect((await currentOf(8, 1)).sort()).toEqual([other!, here!].map(sha256Of).sort());
});

test("what differs from something in another's namespace alone is taken into one's own, whoever may add to the other", async () => {
  const theirs = await site.another('member');
  const mine = await site.another({ ...builtinDecisions.member, 'study.add': 'permit' });
  const [held, abroad] = [fileOf(9, { slice: 0, version: 3 }), fileOf(9, { slice: 0, version: 1, abroad: true })];
  await site.send([held], undefined, theirs);
  expect(await site.send([abroad], undefined, mine)).toMatchObject([{ kind: 'taken' }]);
  expect((await currentOf(9, 1)).sort()).toEqual([held, abroad].map(sha256Of).sort());
  // Into the other's study they do add, and are judged by what lies there.
  const differs = fileOf(9, { slice: 0, version: 1 });
  expect(await site.send([differs, held], undefined, mine)).toMatchObject([
    { kind: 'conflict', keptAside: 'now' },
    { kind: 'already held' },
  ]);
  // In one group as in one after the other.
  const [first, second] = [fileOf(10, { slice: 0, version: 3 }), fileOf(10, { slice: 0, version: 1, abroad: true })];
  const group = [
    { actor: theirs, file: first },
    { actor: mine, file: second },
    { actor: mine, file: fileOf(10, { slice: 0, version: 1 }) },
  ];
  expect(await site.sendTogether(group)).toMatchObject([{ kind: 'taken' }, { kind: 'taken' }, { kind: 'conflict' }]);
  expect((await currentOf(10, 1)).sort()).toEqual([first, second].map(sha256Of).sort());
});

test('what stands against nothing in its own namespace is shown alone, and takes the place of nothing', async () => {
  const theirs = await site.another('member');
  const mine = await site.another({ ...builtinDecisions.member, 'conflict.resolve.own': 'permit' });
  const [held, abroad] = [fileOf(11, { slice: 0, version: 3 }), fileOf(11, { slice: 0, version: 1, abroad: true })];
  await site.send([held], undefined, mine);
  const elsewhere = await study();
  expect(await site.send([abroad], undefined, mine)).toMatchObject([{ kind: 'conflict' }]);
  const studyId = await study();
  // As an exchange kept it that judged across namespaces.
  await sql`update studies set namespace_id = ${theirs.namespaceId} where id = ${elsewhere}`.execute(
    site.deps.database,
  );
  const seen = await showConflict(site.deps, comparison, mine, studyId, undefined);
  expect(seen.instances).toMatchObject([{ held: null, differences: [], sent: { sha256: sha256Of(abroad) } }]);
  const taking = choose(site.deps, mine, studyId, { choice: 'new', until: 1e9 });
  await expect(taking).rejects.toMatchObject({ code: 'CONFLICT_CHANGED' });
  expect(await site.countedIn(elsewhere)).toBe(1);
  expect(await choose(site.deps, mine, studyId, { choice: 'held', until: 1e9 })).toMatchObject({ instances: 1 });
});

test('what is kept aside rides an index of its own', async () => {
  const plans = await site.watched.plansOf(async () => {
    await listConflicts(site.deps, site.actor, 'open', undefined);
    await shown(await study());
  });
  expect(plans.join('\n')).toMatch(/packs_kept_aside/);
});
