import { parseFile, tags, text } from '@symbolon/dicom';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rewrite } from '../rewrite/rewrite.ts';
import { writeAsToday } from '../rewrite/write-pack.ts';
import { StudyCells } from '../studies/index.ts';
import { choose } from './choose.ts';
import { type ConflictSite, conflictSite, fileOf, sha256Of, type Variant } from './conflict-site.testing.ts';
import { ConflictsError } from './errors.ts';
import { keptFile } from './kept-file.ts';
import { PixelComparison } from './pixel-difference.ts';
import { showConflict } from './show-conflict.ts';
import { undoChoice } from './undo-choice.ts';

let site: ConflictSite;
beforeAll(async () => {
  site = await conflictSite();
});
afterAll(() => site?.stop());

const slices = [0, 1, 2];
const comparison = new PixelComparison();

const variant = fc.record({
  slice: fc.constantFrom(...slices),
  version: fc.constantFrom(0, 1, 2, 3),
  abroad: fc.boolean(),
});
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('send' as const),
      files: fc.array(variant, { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('choose' as const),
      choice: fc.constantFrom('held' as const, 'new' as const),
      one: fc.boolean(),
      study: fc.nat(1),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('undo' as const), back: fc.nat(2) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('join' as const),
      aside: fc.boolean(),
      most: fc.integer({ min: 1, max: 4 }),
    }),
  },
);

let seeds = 7000;

/** One family of files, what was sent of it, and what should hold of it at any time. */
async function family() {
  seeds += 1;
  const seed = seeds;
  const sent = new Map<string, Uint8Array>();
  const uids = new Set<string>();
  const before = new Set((await site.studies()).map(({ id }) => id));
  const studies = async () => (await site.studies()).filter(({ id }) => !before.has(id));
  let kept = 0;
  return {
    studies,
    async send(files: readonly Variant[]) {
      const bytes = files.map((file) => fileOf(seed, file));
      const outcomes = await site.send(bytes);
      for (const [at, file] of bytes.entries()) {
        if (outcomes[at]!.kind !== 'already held') sent.set(sha256Of(file), file);
        uids.add(uidIn(file));
      }
      return outcomes;
    },
    /** SHA-256 of what is current, by UID. */
    async current(): Promise<Map<string, string>> {
      const now = new Map<string, string>();
      for (const [uid, versions] of await this.all())
        for (const { instance } of versions.filter(({ current }) => current)) now.set(uid, instance.sha256);
      return now;
    },
    async all() {
      return site.versions([...uids]);
    },
    async mustHold() {
      const all = await this.all();
      const there = [...all.values()].flat();
      for (const versions of all.values()) expect(versions.filter(({ current }) => current)).toHaveLength(1);
      expect(there.length).toBeGreaterThanOrEqual(kept);
      kept = there.length;
      expect(new Set(there.map(({ instance }) => instance.sha256))).toEqual(new Set(sent.keys()));
      for (const { id, instanceCount, bytes, misidentified } of await studies()) {
        const current = there.filter((version) => version.current && version.pack.studyId === id);
        expect(instanceCount).toBe(await site.countedIn(id));
        expect(instanceCount).toBe(current.length);
        expect(bytes).toBe(current.reduce((sum, { instance }) => sum + instance.bytes, 0));
        if (current.length > 0) expect(misidentified).toBe(await namesSeveral(id, current));
      }
    },
    /** Writes packs of each series anew, so many at once, as one; packs of one, too. */
    async join(state: 'current' | 'aside', most: number) {
      let joined = 0;
      for (const { id } of await studies())
        for (const packs of await site.packsOf(id, state))
          for (let at = 0; at < packs.length; at += most) {
            await rewrite(site.rewriting, packs.slice(at, at + most), { purpose: 'compaction', write: writeAsToday });
            joined += 1;
          }
      return joined;
    },
    async everyVersionComesBack() {
      for (const { pack, instance } of [...(await this.all()).values()].flat()) {
        const { pieces } = await keptFile(site.deps, site.actor, pack.studyId, instance.sha256);
        const read: Uint8Array[] = [];
        for await (const piece of pieces) read.push(piece);
        const file = Buffer.concat(read);
        expect(file.equals(sent.get(instance.sha256)!)).toBe(true);
      }
    },
  };

  /** Whether current instances of a study name several patients, by what was sent; and the study's cell says one of them. */
  async function namesSeveral(studyId: string, current: { instance: { sha256: string } }[]): Promise<boolean> {
    const names = new Set(current.map(({ instance }) => nameIn(sent.get(instance.sha256)!)));
    const row = await site.deps.database
      .selectFrom('studies')
      .select(['cell', 'patient_id as patientId'])
      .where('id', '=', studyId)
      .executeTakeFirstOrThrow();
    const place = { accountId: site.actor.accountId, patientId: row.patientId, studyId, keyId: studyId };
    const { attributes, others } = await new StudyCells(site.deps.chains).openStudy(place, row.cell);
    const told = [attributes, ...others].map((one) => JSON.stringify(one['00100020']?.Value));
    expect(new Set(told).size).toBe(told.length);
    expect(told.length).toBe(names.size);
    return names.size > 1;
  }
}

const uidIn = (bytes: Uint8Array): string => text(parseFile(bytes).dataset, tags.SOPInstanceUID) as string;

/** Patient ID, by looking for it: versions 2 and 3 have one of their own. */
function nameIn(bytes: Uint8Array): string {
  return /O-\d/.exec(Buffer.from(bytes).toString('latin1'))?.[0] ?? 'the first';
}

let joins = 0;

test('after any sends, choices, undoings and rewrites one instance per UID is current, and every version comes back by its SHA-256', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
      const it = await family();
      await it.send(slices.map((slice) => ({ slice, version: 0 })));
      const choices: { studyId: string; id: string }[] = [];
      for (const one of steps) {
        const before = await it.current();
        try {
          if (one.do === 'send') {
            await it.send(one.files);
            expect(await it.current()).toEqual(before);
          } else if (one.do === 'choose') {
            const study = (await it.studies())[one.study];
            if (!study) continue;
            const shown = await showConflict(site.deps, comparison, site.actor, study.id, undefined);
            const open = shown.instances.filter(({ state }) => state === 'open');
            const instances = one.one && open[0] ? [open[0].id] : undefined;
            const choosing = { choice: one.choice, until: Number(shown.until), instances };
            const { id } = await choose(site.deps, site.actor, study.id, choosing);
            choices.push({ studyId: study.id, id });
            const now = await it.current();
            if (one.choice === 'held') expect(now).toEqual(before);
            else {
              const newest = new Set((instances ? open.slice(0, 1) : open).map(({ sent }) => sent.sha256));
              expect(
                [...now]
                  .filter(([uid, sha256]) => before.get(uid) !== sha256)
                  .every(([, sha256]) => newest.has(sha256)),
              ).toBe(true);
              expect(now).not.toEqual(before);
            }
          } else if (one.do === 'join') {
            const joined = await it.join(one.aside ? 'aside' : 'current', one.most);
            joins += joined;
            expect(await it.current()).toEqual(before);
          } else {
            const choice = choices.at(-1 - one.back);
            if (!choice) continue;
            await undoChoice(site.deps, site.actor, choice.studyId, choice.id);
          }
        } catch (error) {
          // Nothing open, undone already, or built upon: told so, and nothing is changed.
          if (!(error instanceof ConflictsError) && (error as { code?: string }).code !== 'STUDY_NOT_FOUND')
            throw error;
          expect(await it.current()).toEqual(before);
        }
        await it.mustHold();
      }
      await it.everyVersionComesBack();
    }),
    { numRuns: process.env.SYMBOLON_DRILL === '1' ? 300 : 12 },
  );
  console.log(`${joins} rewrites among them`);
  expect(joins).toBeGreaterThan(0);
}, 600_000);
