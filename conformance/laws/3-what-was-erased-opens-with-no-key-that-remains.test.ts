import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  type Canary,
  cli,
  ctStudy,
  type Exchange,
  type Owner,
  onFolders,
  owner,
  plantedStudy,
  type SyntheticFile,
  standsOnFolders,
  startExchange,
} from '@symbolon/testbed';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, multipart } from './ask.ts';
import { erased, studyIdOf } from './erasing.ts';
import { formsOf } from './forms-of.ts';
import { allKeys, type Copies, copiesOf, type Opened, openAll } from './key-scanner.ts';
import { PatternSearch, searchBytes } from './search-bytes.ts';

let exchange: Exchange;
let me: Owner;
let files: SyntheticFile[];
let canaries: Canary[];
let study: string;
let other: string;
const notes = ['Kastanienallee', 'Himbeerstrauch'].map((word) => `${word} ${crypto.randomUUID()}`);

const stow = async (some: readonly SyntheticFile[]) => {
  const answer = await ask(exchange, '/dicomweb/studies', {
    ...multipart(some.map(({ bytes }) => bytes)),
    token: me.token,
  });
  expect(answer.status).toBe(200);
  return (await studyIdOf(exchange, me, some[0]!.studyInstanceUid))!;
};

if (standsOnFolders)
  beforeAll(async () => {
    exchange = await startExchange();
    me = await owner(exchange);
    ({ files, canaries } = plantedStudy(61));
    study = await stow(files);
    other = await stow([...ctStudy({ seed: 62, slices: 2, rows: 16, columns: 16 })]);
    await leaveTraces();
  });
afterAll(() => exchange?.dispose());

/** What people do with a study, each of which leaves something somewhere. */
async function leaveTraces(): Promise<void> {
  const value = (field: string) => canaries.find((canary) => canary.field.startsWith(field))!.value;
  for (const query of [
    `PatientID=${value('PatientID')}`,
    `AccessionNumber=${value('AccessionNumber')}`,
    `StudyInstanceUID=${files[0]!.studyInstanceUid}`,
  ])
    await ask(exchange, `/dicomweb/studies?${query}`, me);
  for (const text of ['name', 'id'])
    await ask(exchange, '/api/v1/studies/search', { token: me.token, json: { [text]: value('PatientID') } });
  await ask(exchange, `/dicomweb/studies/${files[0]!.studyInstanceUid}`, me);
  await ask(exchange, `/api/v1/studies/${study}`, me);
  const link = { expiresAt: new Date(Date.now() + 3_600_000).toISOString(), note: notes[0] };
  expect((await ask(exchange, `/api/v1/studies/${study}/links`, { token: me.token, json: link })).status).toBe(201);
  for (const of of ['study', 'patient']) {
    const hold = await ask(exchange, '/api/v1/holds', {
      token: me.token,
      json: { of, studyId: study, reason: notes[1] },
    });
    const { id } = hold.json() as { id: string };
    await ask(exchange, `/api/v1/holds/${id}/release`, { token: me.token, method: 'POST' });
  }
  // One that is kept aside.
  const bent = files[0]!.bytes.slice();
  bent[bent.length - 5000]! ^= 0xff;
  await ask(exchange, '/dicomweb/studies', { ...multipart([bent]), token: me.token });
}

/** Which planted words stand in what was opened, and where. */
async function wordsIn(opened: readonly Opened[]): Promise<{ words: Set<string>; places: Set<string> }> {
  const search = new PatternSearch(formsOf([...canaries, ...notes.map((value) => ({ field: 'a note', value }))]));
  const [words, places] = [new Set<string>(), new Set<string>()];
  for (const { what, plain } of opened) {
    for (const { field } of await searchBytes(search, what, plain)) {
      words.add(field);
      places.add(what);
    }
  }
  return { words, places };
}

const kindsOf = (opened: readonly Opened[], of: string): string[] =>
  [...new Set(opened.filter((one) => one.of === of).map(({ what }) => what))].sort();

onFolders(() => {
  test('before the erasure the scanner finds the words; after it no key that remains, roots included, opens any copy that was taken', async () => {
    const first = await copiesOf(exchange);
    // A rotation in between: copies of different days hold different wraps of the same keys.
    const rotation = await ask(exchange, '/api/v1/keys/rotation', { token: me.token, method: 'POST' });
    expect(rotation.status).toBe(202);
    await mkdir(join(dirname(exchange.dataDir), 'backup'));
    const passphrase = join(dirname(exchange.dataDir), 'backup/passphrase');
    await writeFile(passphrase, 'Drei Chinesen ohne Kontrabass', { mode: 0o600 });
    const backup = [
      'keys',
      'backup',
      '--out',
      join(dirname(exchange.dataDir), 'backup/keys'),
      '--passphrase-file',
      passphrase,
    ];
    await expect.poll(async () => (await cli(backup, { exchange })).code, { timeout: 60_000 }).toBe(0);
    const second = await copiesOf(exchange);
    const copies = [first, second];

    const before = await openAll(await allKeys(second.roots, copies), second);
    const control = await wordsIn(before);
    const inFiles = canaries.filter(({ field }) => field !== 'the name of the file');
    for (const { field } of inFiles) expect(control.words).toContain(field);
    expect(control.words).toContain('a note');
    expect([...control.places].sort()).toEqual(
      expect.arrayContaining(['hold', 'identity', 'link', 'log', 'manifest', 'patient', 'series', 'study']),
    );
    expect(kindsOf(before, study)).toEqual(['hold', 'identity', 'image', 'link', 'log', 'manifest', 'series', 'study']);

    const { certificate } = await erased(exchange, me, `studies/${study}/erasure`, { ground: 'asked-by-the-person' });
    const after = await copiesOf(exchange);
    expect(after.roots.map(String)).not.toContain(String(second.roots[0]));
    const remaining = await allKeys(after.roots, [...copies, after]);
    for (const taken of [...copies, after]) {
      const opened = await openAll(remaining, taken);
      expect(kindsOf(opened, study)).toEqual([]);
      expect((await wordsIn(opened)).words).toEqual(new Set());
    }
    // The scanner does open what was not erased, with the same keys and out of the same copies.
    expect(kindsOf(await openAll(remaining, second), other)).toEqual([
      'identity',
      'image',
      'log',
      'manifest',
      'series',
      'study',
    ]);
    // Nor does any wrap of it stand anywhere in the files of the keys.
    const gone = second.wraps.filter(({ id, family }) => id === study || family === familyOf(second, study));
    expect(gone.length).toBeGreaterThanOrEqual(7);
    for (const { wrapped } of gone)
      for (const file of after.keyFiles) expect(file.includes(Buffer.from(wrapped))).toBe(false);
    // And where a backup of the keys was made, the certificate says until when that could still open it.
    const [madeAt] = certificate.statement.keyBackups.map((one) => Date.parse(one.madeAt));
    expect(certificate.statement.keyBackups).toHaveLength(1);
    expect(Date.parse(certificate.statement.final)).toBe(madeAt! + 30 * 86_400_000);
  }, 180_000);

  test('what was erased of a study opens in no copy, and what stays of it opens in its own', async () => {
    const planted = plantedStudy(63);
    const id = await stow(planted.files);
    const taken = await copiesOf(exchange);
    const [first, ...rest] = planted.files;
    const only = { sopInstanceUids: [first!.sopInstanceUid] };
    await erased(exchange, me, `studies/${id}/erasure`, { only });
    const after = await copiesOf(exchange);
    const remaining = await allKeys(after.roots, [taken, after]);
    const copied = await openAll(remaining, taken);
    // The log of what is still here stays readable; nothing else of the old copy is.
    expect(kindsOf(copied, id)).toEqual(['log']);
    const now = await openAll(remaining, after);
    const halves = now.filter(({ of, what }) => of === id && ['identity', 'manifest', 'image'].includes(what));
    const search = (of: readonly SyntheticFile[]) =>
      new PatternSearch(
        formsOf(
          planted.canaries.filter(
            ({ field, file }) =>
              field !== 'the name of the file' && field !== 'StudyInstanceUID' && of.some(({ name }) => name === file),
          ),
        ),
      );
    const found = async (words: PatternSearch) =>
      (await Promise.all(halves.map(({ what, plain }) => searchBytes(words, what, plain)))).flat().length;
    expect(await found(search([first!]))).toBe(0);
    expect(await found(search(rest))).toBeGreaterThan(100);
  }, 180_000);
});

const familyOf = ({ tables }: Copies, id: string): string =>
  String(tables.studies!.find((row) => row.id === id)!.patient_id);
