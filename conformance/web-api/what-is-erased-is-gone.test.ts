import type { Hold } from '@symbolon/contract';
import { ctStudy, type Exchange, type Owner, owner, type SyntheticFile, startExchange } from '@symbolon/testbed';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { digestsOf, heldOf, instanceOf } from '../laws/all-back.ts';
import { ask, multipart } from '../laws/ask.ts';
import { inDatabaseOf } from '../laws/database-of.ts';
import { eraseAt, erased, previewOf, studyIdOf } from '../laws/erasing.ts';
import { digestOf } from '../laws/folder-of.ts';

let exchange: Exchange;
let me: Owner;
beforeAll(async () => {
  exchange = await startExchange();
  me = await owner(exchange);
});
afterAll(() => exchange?.dispose());

const small = { rows: 16, columns: 16 };
let seeds = 6000;

async function sent(
  options: Partial<Parameters<typeof ctStudy>[0]> = {},
): Promise<{ id: string; files: SyntheticFile[] }> {
  seeds += 1;
  const files = [...ctStudy({ seed: seeds, slices: 3, series: 2, ...small, ...options })];
  const answer = await ask(exchange, '/dicomweb/studies', {
    ...multipart(files.map(({ bytes }) => bytes)),
    token: me.token,
  });
  expect(answer.status).toBe(200);
  return { files, id: (await studyIdOf(exchange, me, files[0]!.studyInstanceUid))! };
}
const statusOf = async (file: SyntheticFile): Promise<number> => (await instanceOf(exchange, me, file)).status;
const usage = async () => (await ask(exchange, '/api/v1/usage', me)).json() as { instances: number; bytes: number };
const bytesOf = (files: readonly SyntheticFile[]) => files.reduce((sum, { bytes }) => sum + bytes.length, 0);

async function rowsAbout(studyId: string): Promise<Record<string, number>> {
  return inDatabaseOf(exchange, async (database) => {
    const found: Record<string, number> = {};
    for (const table of [
      'studies',
      'series',
      'packs',
      'replaced_packs',
      'links',
      'conflict_choices',
      'scrub_findings',
      'holds',
      'spent_keys',
      'reseal_due',
    ] as const) {
      const column = table === 'studies' ? 'id' : 'study_id';
      const { length } = await database
        .selectFrom(table as 'packs')
        .selectAll()
        .where(column as 'study_id', '=', studyId)
        .execute();
      if (length > 0) found[table] = length;
    }
    return found;
  });
}

test('a study is gone from every road when the request is answered, and with it its last patient, its links and its room', async () => {
  const other = await sent();
  const { id, files } = await sent();
  const before = await usage();
  const link = { expiresAt: new Date(Date.now() + 3_600_000).toISOString(), note: 'a note' };
  const made = await ask(exchange, `/api/v1/studies/${id}/links`, { token: me.token, json: link });
  expect(made.status).toBe(201);

  const preview = await previewOf(exchange, me, `studies/${id}/erasure`);
  expect(preview).toEqual({
    kind: 'study',
    patients: 1,
    studies: 1,
    series: 2,
    instances: 6,
    bytes: bytesOf(files),
    links: 1,
    left: 0,
    holds: [],
  });
  expect(await statusOf(files[0]!)).toBe(200);

  const { erasure, certificate } = await erased(exchange, me, `studies/${id}/erasure`, {
    ground: 'sent-by-mistake',
    instances: 6,
  });
  expect(erasure).toMatchObject({
    kind: 'study',
    ground: 'sent-by-mistake',
    state: 'certified',
    instances: 6,
    studies: 1,
    patients: 1,
    bytes: bytesOf(files),
  });
  for (const file of files) expect(await statusOf(file)).toBe(404);
  expect(await heldOf(exchange, me, files)).toEqual([]);
  expect((await ask(exchange, `/api/v1/studies/${id}`, me)).status).toBe(404);
  expect(await studyIdOf(exchange, me, files[0]!.studyInstanceUid)).toBeUndefined();
  expect(await usage()).toMatchObject({ instances: before.instances - 6, bytes: before.bytes - bytesOf(files) });
  expect(await rowsAbout(id)).toEqual({});
  const { link: shared } = made.json() as { link: { id: string } };
  expect((await ask(exchange, `/api/v1/links/${shared.id}/uses`, me)).status).toBe(404);
  expect(certificate.statement).toMatchObject({
    kind: 'study',
    ground: 'sent-by-mistake',
    erased: { instances: 6, packs: 2 },
    keyBackups: [],
  });
  expect(certificate.statement.subjects.map(({ kind }) => kind)).toEqual(['study', 'patient']);
  const { statement } = certificate;
  const order = [
    statement.askedAt,
    statement.outOfSightAt,
    statement.keysDestroyedAt,
    statement.objectsRemovedAt,
    statement.keysAboveDestroyedAt,
    statement.final,
  ];
  expect(order).toEqual([...order].sort());
  // The rest is as it was, and what was erased can come again: as something new.
  for (const file of other.files)
    expect(digestOf((await instanceOf(exchange, me, file)).body)).toBe(digestOf(file.bytes));
  const again = await ask(exchange, '/dicomweb/studies', {
    ...multipart(files.map(({ bytes }) => bytes)),
    token: me.token,
  });
  expect(again.status).toBe(200);
  expect(await studyIdOf(exchange, me, files[0]!.studyInstanceUid)).not.toBe(id);
  expect(await heldOf(exchange, me, files)).toEqual(digestsOf(files));
});

test('some series and single instances are erased, what stays of the study comes back byte for byte, and it says what it still holds', async () => {
  const { id, files } = await sent({ series: 3, slices: 4 });
  const facts = (await ask(exchange, `/api/v1/studies/${id}`, me)).json() as { series: { id: string }[] };
  const [first] = facts.series;
  const gone = [files.find(({ seriesInstanceUid }) => seriesInstanceUid !== files[0]!.seriesInstanceUid)!];
  const only = { seriesIds: [first!.id], sopInstanceUids: gone.map(({ sopInstanceUid }) => sopInstanceUid) };
  const preview = await previewOf(exchange, me, `studies/${id}/erasure`, { only });
  expect(preview).toMatchObject({ kind: 'instances', patients: 0, studies: 0, series: 1, instances: 5, left: 7 });
  const { erasure, certificate } = await erased(exchange, me, `studies/${id}/erasure`, { only, instances: 5 });
  expect(erasure).toMatchObject({ kind: 'instances', instances: 5, series: 1 });
  expect(certificate.statement.subjects.map(({ kind }) => kind)).toEqual(['part of a study']);
  const statuses = new Map<number, SyntheticFile[]>();
  for (const file of files) {
    const { status, body } = await instanceOf(exchange, me, file);
    statuses.set(status, [...(statuses.get(status) ?? []), file]);
    if (status === 200) expect(digestOf(body)).toBe(digestOf(file.bytes));
  }
  expect([statuses.get(200)?.length, statuses.get(404)?.length]).toEqual([7, 5]);
  expect(statuses.get(404)).toContain(gone[0]);
  const after = (await ask(exchange, `/api/v1/studies/${id}`, me)).json() as {
    series: { instances: number }[];
    instanceCount: number;
  };
  expect(after).toMatchObject({ instanceCount: 7 });
  expect(after.series).toHaveLength(2);
  const { length } = (
    await ask(exchange, `/dicomweb/studies/${files[0]!.studyInstanceUid}/instances`, me)
  ).json() as unknown[];
  expect(length).toBe(7);
  expect(await rowsAbout(id)).toEqual({ studies: 1, series: 2, packs: 2 });
  const named = { seriesInstanceUids: [files[4]!.seriesInstanceUid] };
  expect(await previewOf(exchange, me, `studies/${id}/erasure`, { only: named })).toMatchObject({
    kind: 'series',
    series: 1,
  });
  const unknown = { only: { seriesInstanceUids: ['1.2.3'] }, dryRun: true };
  expect((await eraseAt(exchange, me, `studies/${id}/erasure`, unknown)).status).toBe(404);
  // More of it can come, and go, again.
  const again = await ask(exchange, '/dicomweb/studies', { ...multipart([gone[0]!.bytes]), token: me.token });
  expect(again.status).toBe(200);
  expect(await statusOf(gone[0]!)).toBe(200);
  const whole = await previewOf(exchange, me, `studies/${id}/erasure`);
  expect(whole).toMatchObject({ kind: 'study', instances: 8, patients: 1 });
});

test('a patient goes with all their studies, and nobody else', async () => {
  const person = { patientName: 'Meier^Mia', patientId: 'MIA-1' };
  const one = await sent({ person });
  const two = await sent({ person });
  const other = await sent({ person: { patientName: 'Meier^Max', patientId: 'MAX-1' } });
  expect(await previewOf(exchange, me, `studies/${one.id}/patient/erasure`)).toMatchObject({
    kind: 'patient',
    patients: 1,
    studies: 2,
    instances: 12,
  });
  const { erasure } = await erased(exchange, me, `studies/${one.id}/patient/erasure`, {
    ground: 'asked-by-the-person',
  });
  expect(erasure).toMatchObject({ kind: 'patient', patients: 1, studies: 2, instances: 12 });
  for (const file of [...one.files, ...two.files]) expect(await statusOf(file)).toBe(404);
  for (const file of other.files) expect(await statusOf(file)).toBe(200);
});

test('a hold stops every erasure that would touch what it holds, says so, and ends when it is released', async () => {
  const person = { patientName: 'Huber^Hanna', patientId: 'HANNA-1' };
  const one = await sent({ person });
  const two = await sent({ person });
  for (const of of ['study', 'patient', 'account'] as const) {
    const json = { of, reason: 'a court asked for Hanna Huber', ...(of === 'account' ? {} : { studyId: one.id }) };
    const placed = await ask(exchange, '/api/v1/holds', { token: me.token, json });
    expect(placed.status).toBe(201);
    const hold = placed.json() as Hold;
    expect(hold).toMatchObject({
      of,
      reason: 'a court asked for Hanna Huber',
      releasedAt: null,
      studyId: of === 'study' ? one.id : null,
    });
    const shown = (await ask(exchange, `/api/v1/holds?study=${one.id}`, me)).json() as { holds: Hold[] };
    expect(shown.holds[0]).toEqual(hold);
    expect((await previewOf(exchange, me, `studies/${one.id}/erasure`)).holds).toEqual([hold]);
    const tries = [
      eraseAt(exchange, me, `studies/${one.id}/erasure`),
      eraseAt(exchange, me, `studies/${one.id}/erasure`, { only: { sopInstanceUids: [one.files[0]!.sopInstanceUid] } }),
      eraseAt(exchange, me, `studies/${two.id}/patient/erasure`),
      eraseAt(exchange, me, 'account/erasure', { accountName: me.accountName }),
    ];
    for (const answer of await Promise.all(tries))
      expect([answer.status, (answer.json() as { code: string }).code]).toEqual([409, 'ERASURE_HELD']);
    const free = await eraseAt(exchange, me, `studies/${two.id}/erasure`, { instances: 1_000_000 });
    // What a hold on another study does not stop is refused for the number that was not looked at.
    expect((free.json() as { code: string }).code).toBe(of === 'study' ? 'ERASURE_CHANGED' : 'ERASURE_HELD');
    const released = await ask(exchange, `/api/v1/holds/${hold.id}/release`, { token: me.token, method: 'POST' });
    expect([released.status, (released.json() as Hold).releasedAt]).not.toContain(null);
    const twice = await ask(exchange, `/api/v1/holds/${hold.id}/release`, { token: me.token, method: 'POST' });
    expect(twice.status).toBe(404);
  }
  for (const file of [...one.files, ...two.files]) expect(await statusOf(file)).toBe(200);
  await erased(exchange, me, `studies/${one.id}/erasure`);
  expect(await statusOf(one.files[0]!)).toBe(404);
});

test('an account goes with all it holds, takes nothing new, and its log stays', async () => {
  const { files } = await sent();
  const wrong = await eraseAt(exchange, me, 'account/erasure', { accountName: 'Another' });
  expect((wrong.json() as { code: string }).code).toBe('ERASURE_CHANGED');
  expect(await previewOf(exchange, me, 'account/erasure')).toMatchObject({ kind: 'account' });
  const { erasure, certificate } = await erased(exchange, me, 'account/erasure', {
    accountName: me.accountName,
    ground: 'contract-ended',
  });
  expect(erasure.studies).toBeGreaterThan(3);
  expect(certificate.statement.subjects.map(({ kind }) => kind)).toEqual(['account']);
  const twice = await eraseAt(exchange, me, 'account/erasure', { accountName: me.accountName });
  expect((twice.json() as { code: string }).code).toBe('ACCOUNT_CLOSED');
  expect(await usage()).toMatchObject({ instances: 0, bytes: 0 });
  const left = await inDatabaseOf(exchange, async (database) => {
    const counts = [];
    for (const table of [
      'studies',
      'patients',
      'packs',
      'replaced_packs',
      'series',
      'links',
      'study_tokens',
      'patient_tokens',
      'pack_tokens',
      'erasure_objects',
    ] as const)
      counts.push(
        (
          await database
            .selectFrom(table as 'packs')
            .selectAll()
            .execute()
        ).length,
      );
    return counts;
  });
  expect(left).toEqual(left.map(() => 0));
  const answer = await ask(exchange, '/dicomweb/studies', {
    ...multipart(files.map(({ bytes }) => bytes)),
    token: me.token,
  });
  expect([answer.status, (answer.json() as { code: string }).code]).toEqual([409, 'ACCOUNT_CLOSED']);
  const quota = await ask(exchange, '/api/v1/quota', {
    token: me.token,
    method: 'PUT',
    json: { maxInstances: null, maxBytes: null },
  });
  expect((quota.json() as { code: string }).code).toBe('ACCOUNT_CLOSED');
  const trail = (await ask(exchange, '/api/v1/audit', me)).json() as { records: { action: string }[] };
  expect(trail.records.map(({ action }) => action)).toContain('account.erase');
});
