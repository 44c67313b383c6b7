import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cli, ctStudy, type SyntheticFile } from '../../../packages/testbed/src/index.ts';
import { type Site, startSite, value } from '../dicomweb-client.ts';

let site: Site;
const files: SyntheticFile[] = [];
/** Every kind of key that is found by an index. */
const queries: string[] = [];
let tokenFile = '';
beforeAll(async () => {
  site = await startSite();
  tokenFile = join(dirname(site.exchange.dataDir), 'token');
  await writeFile(tokenFile, site.owner.token, { mode: 0o600 });
  // More than are indexed in one go.
  for (let seed = 8300; seed < 8328; seed += 1)
    files.push(
      ...ctStudy({
        seed,
        slices: 2,
        rows: 8,
        columns: 8,
        person: { patientName: `Kovacs^Ana${seed}`, patientId: `R-${seed}` },
      }),
    );
  await site.store(files);
  const [first] = files as [SyntheticFile];
  const [study] = await site.search(`/dicomweb/studies?StudyInstanceUID=${first.studyInstanceUid}&includefield=all`);
  queries.push(
    '/studies',
    '/studies?PatientName=kovacs*',
    '/studies?PatientName=*8307',
    '/studies?PatientName=Ana8311&fuzzymatching=true',
    '/studies?PatientID=R-8312',
    '/studies?PatientID=R-83*&limit=7&offset=3',
    `/studies?StudyDate=${value(study!, '00080020')}`,
    '/studies?StudyDate=19000101-',
    `/studies?AccessionNumber=${value(study!, '00080050')}`,
    `/studies?StudyInstanceUID=${first.studyInstanceUid}`,
    `/series?SeriesInstanceUID=${first.seriesInstanceUid}`,
    `/instances?SOPInstanceUID=${first.sopInstanceUid}`,
    `/studies/${first.studyInstanceUid}/instances`,
    '/patients?PatientID=R-8313',
  );
});
afterAll(() => site?.exchange.dispose());

const reindex = (...flags: string[]) =>
  cli(['keys', 'reindex', ...flags, '--to', site.exchange.url, '--token-file', tokenFile], { exchange: site.exchange });

/** All answers, and how many found something. */
async function found(): Promise<string[]> {
  const answers: string[] = [];
  for (const query of queries) answers.push(JSON.stringify(await site.search(`/dicomweb${query}`)));
  return answers;
}

const tables = ['patient_tokens', 'study_tokens', 'series_tokens', 'pack_tokens'] as const;
/** All tokens that stand in the database, by table. */
async function tokens(): Promise<Map<string, Set<string>>> {
  const all = new Map<string, Set<string>>();
  for (const table of tables) {
    const rows = await site.sql<{ token: string }>(`select distinct unnest(tokens)::text as token from ${table}`);
    all.set(table, new Set(rows.map(({ token }) => token)));
  }
  return all;
}

test('under new keys every search finds the same, before, meanwhile and afterwards; nothing made by the old ones stays', async () => {
  const before = await found();
  expect(before.filter((answer) => answer === '[]')).toEqual([]);
  const old = await tokens();

  let begun = false;
  const meanwhile = (async () => {
    let rounds = 0;
    for (; !begun || rounds < 2; rounds += 1) expect(await found()).toEqual(before);
  })();
  const said = await reindex('--now', '--wait');
  begun = true;
  await meanwhile;
  expect(said.code).toBe(0);
  expect(said.stdout).toMatch(/keys of generation 2\n/);

  // Found by the new ones from now on; those before stay ten minutes for who began with them.
  const both = await tokens();
  for (const table of tables) {
    expect(both.get(table)!.size, table).toBe(2 * old.get(table)!.size);
    for (const token of old.get(table)!) expect(both.get(table)!.has(token)).toBe(true);
  }
  const again = await site.send('POST', '/api/v1/keys/reindex');
  expect([again.status, JSON.parse(again.body.toString())]).toEqual([
    409,
    expect.objectContaining({
      code: 'REINDEX_UNDER_WAY',
      detail: expect.stringMatching(/kept until .* UTC\. Nothing/),
    }),
  ]);
  const refused = await reindex('--now');
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('"symbolon keys reindex" says how far')]);
  expect(await found()).toEqual(before);

  // Ten minutes later, as the database sees it; a start looks at once.
  await site.exchange.stop();
  await site.exchange.restart();
  const stands = async (): Promise<unknown> => JSON.parse((await site.get('/api/v1/keys/reindex')).body.toString());
  expect(await stands()).toMatchObject({ phase: 'resting', generation: 2 });
  await site.sql("update search_indexes set since = since - interval '599 seconds'");
  await site.exchange.stop();
  await site.exchange.restart();
  await expect.poll(stands, { timeout: 90_000 }).toMatchObject({ phase: 'whole', generation: 2, damaged: 0, done: 28 });
  const after = await tokens();
  for (const table of tables) {
    expect(after.get(table)!.size, table).toBe(old.get(table)!.size);
    for (const token of old.get(table)!) expect(after.get(table)!.has(token), table).toBe(false);
  }
  expect(await found()).toEqual(before);
  // What is held is known to be held.
  expect((await site.store(files)).status).toBe(200);
  expect(await found()).toEqual(before);
  expect((await reindex()).stdout).toMatch(/^Studies are found by {2}keys of generation 2\nMade anew {13}done, begun/);
}, 180_000);
