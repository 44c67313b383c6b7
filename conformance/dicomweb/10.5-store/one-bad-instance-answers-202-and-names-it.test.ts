import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { brokenFiles, ctStudy, type SyntheticFile } from '../../../packages/testbed/src/index.ts';
import { framed, type Json, type Site, startSite, storeAnswer, value, wado } from '../dicomweb-client.ts';

let site: Site;
beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.exchange.dispose());

const small = { rows: 64, columns: 48 };
const one = (seed: number, extra?: Parameters<typeof ctStudy>[0]['extra']): SyntheticFile =>
  [...ctStudy({ seed, slices: 1, ...small, ...(extra ? { extra } : {}) })][0]!;
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Failure Reason and our own refusal code of an item. */
const why = (item: Json | undefined): unknown[] => [value(item, '00081197'), value(item, '00091004')];

test('one bad instance among good ones answers 202, is named by its SHA-256, and the others are held', async () => {
  const files = [...ctStudy({ seed: 2001, slices: 3, ...small })];
  const bad = { bytes: files[1]!.bytes.subarray(0, 1500) };
  const answer = await site.store([files[0]!, bad, files[2]!]);
  expect(answer.status).toBe(202);
  const { referenced, failed, others } = storeAnswer(answer);
  expect(referenced.map((item) => value(item, '00081155'))).toEqual([
    files[0]!.sopInstanceUid,
    files[2]!.sopInstanceUid,
  ]);
  expect(failed).toEqual([]);
  expect(others).toHaveLength(1);
  expect(why(others[0])).toEqual([0xc000, 'DICOM_UNREADABLE']);
  expect(value(others[0], '00091001')).toBe(sha256(bad.bytes));
  expect(value(others[0], '00091005')).toMatch(/^DICOM_/);
  for (const file of [files[0]!, files[2]!]) {
    expect((await site.get(wado(file), { accept: 'application/dicom' })).body.equals(file.bytes)).toBe(true);
  }
});

test('a section that is no DICOM by its own word answers 202 and is named; those around it are held', async () => {
  const [first, last] = [...ctStudy({ seed: 2002, slices: 2, ...small })] as [SyntheticFile, SyntheticFile];
  const body = Buffer.concat([
    framed([first], 'x').subarray(0, -'--x--\r\n'.length),
    Buffer.from('--x\r\nContent-Type: text/plain\r\n\r\nDear colleague\r\n'),
    framed([last], 'x'),
  ]);
  const answer = await site.send(
    'POST',
    '/dicomweb/studies',
    { 'content-type': 'multipart/related; boundary=x' },
    body,
  );
  expect(answer.status).toBe(202);
  const { referenced, others } = storeAnswer(answer);
  expect(referenced.map((item) => value(item, '00081155'))).toEqual([first.sopInstanceUid, last.sopInstanceUid]);
  expect(others.map(why)).toEqual([[0xc000, 'DICOM_UNREADABLE']]);
});

test('nothing but bad instances answers 409 and names each', async () => {
  // A group length of the meta group that lies is a thing the parser can do without, and does.
  const bad = brokenFiles(2003).filter(({ name }) => name !== 'meta group length that lies.dcm');
  const answer = await site.store(bad);
  expect(answer.status).toBe(409);
  const { referenced, failed, others } = storeAnswer(answer);
  expect([referenced, failed]).toEqual([[], []]);
  expect(others.map((item) => value(item, '00091001'))).toEqual(bad.map(({ bytes }) => sha256(bytes)));
  for (const item of others)
    expect(why(item)).toEqual([0xc000, expect.stringMatching(/^DICOM_(UNREADABLE|UID_INVALID)$/)]);
});

test('a single part that is bad answers 409', async () => {
  for (const bytes of [Buffer.from('not DICOM'), Buffer.alloc(0)]) {
    const answer = await site.send('POST', '/dicomweb/studies', { 'content-type': 'application/dicom' }, bytes);
    expect(answer.status).toBe(409);
    expect(storeAnswer(answer).others.map(why)).toEqual([[0xc000, 'DICOM_UNREADABLE']]);
  }
});

test('an instance of another study than the one in the path is refused; those that belong are taken', async () => {
  const [here, there] = [one(2004), one(2005)];
  const answer = await site.store([here, there], `/dicomweb/studies/${here.studyInstanceUid}`);
  expect(answer.status).toBe(202);
  const { referenced, failed } = storeAnswer(answer);
  expect(referenced.map((item) => value(item, '00081155'))).toEqual([here.sopInstanceUid]);
  expect(failed.map((item) => [value(item, '00081155'), ...why(item)])).toEqual([
    [there.sopInstanceUid, 0xa900, 'DICOM_WRONG_STUDY'],
  ]);
  expect(await site.search(`/dicomweb/studies?StudyInstanceUID=${there.studyInstanceUid}`)).toEqual([]);
});

test('an instance that is held already is said to be, with the SHA-256 of the file that stays', async () => {
  const first = one(2006);
  await site.store([first]);
  // Another preamble and nothing else: the same instance by its data set.
  const again = { bytes: new Uint8Array(first.bytes) };
  again.bytes.set(Buffer.from('II*\0'), 0);
  const answer = await site.store([first, again]);
  expect(answer.status).toBe(200);
  const { referenced } = storeAnswer(answer);
  expect(referenced.map((item) => [value(item, '00091003'), value(item, '00091001'), value(item, '00091002')])).toEqual(
    [
      ['ALREADY_HELD', sha256(first.bytes), sha256(first.bytes)],
      ['ALREADY_HELD', sha256(again.bytes), sha256(first.bytes)],
    ],
  );
  const [study] = await site.search(`/dicomweb/studies?StudyInstanceUID=${first.studyInstanceUid}`);
  expect(value(study, '00201208')).toBe(1);
});

test('other bytes under a UID that is held are kept aside, answered 0111, and never served', async () => {
  const first = one(2007);
  const other = one(2007, () => [['0008,103E LO SeriesDescription', 'Another']]);
  await site.store([first]);
  for (const _ of ['first time', 'and again']) {
    const answer = await site.store([other]);
    expect(answer.status).toBe(409);
    const { failed } = storeAnswer(answer);
    expect(failed.map((item) => [value(item, '00081155'), ...why(item)])).toEqual([
      [first.sopInstanceUid, 0x0111, 'CONFLICT_KEPT_ASIDE'],
    ]);
  }
  expect((await site.get(wado(first), { accept: 'application/dicom' })).body.equals(first.bytes)).toBe(true);
  const aside = await site.sql<{ n: number }>(`select count(*)::int as n from packs where state = 'aside'`);
  expect(aside).toEqual([{ n: 1 }]);
});

test('twice the same and once another under one UID, all in one request: taken, held, kept aside', async () => {
  const first = one(2008);
  const other = one(2008, () => [['0008,103E LO SeriesDescription', 'Another']]);
  const answer = await site.store([first, first, other, other]);
  expect(answer.status).toBe(202);
  const { referenced, failed } = storeAnswer(answer);
  expect(referenced.map((item) => value(item, '00091003'))).toEqual(['TAKEN', 'ALREADY_HELD']);
  expect(failed.map(why)).toEqual([
    [0x0111, 'CONFLICT_KEPT_ASIDE'],
    [0x0111, 'CONFLICT_KEPT_ASIDE'],
  ]);
});

test('a modality that no text column can hold is kept in the file and does not spoil the request', async () => {
  const odd = one(2009, () => [['0008,0060 CS Modality', new Uint8Array(Buffer.from('C\0T '))]]);
  const good = one(2010);
  const answer = await site.store([good, odd]);
  expect(answer.status).toBe(200);
  expect((await site.get(wado(odd), { accept: 'application/dicom' })).body.equals(odd.bytes)).toBe(true);
});

test('a group 0002 that names another instance than the data set is a warning, and 202; the file is held as sent', async () => {
  const file = one(2012);
  const bytes = Buffer.from(file.bytes);
  // The first is group 0002's, the second the data set's.
  const at = bytes.indexOf(file.sopInstanceUid) + file.sopInstanceUid.length - 1;
  bytes[at] = bytes[at] === 0x31 ? 0x32 : 0x31;
  for (const outcome of ['TAKEN', 'ALREADY_HELD']) {
    const answer = await site.store([{ bytes }]);
    expect(answer.status).toBe(202);
    const { referenced, failed, others } = storeAnswer(answer);
    expect([failed, others]).toEqual([[], []]);
    expect(value(referenced[0], '00081155')).toBe(file.sopInstanceUid);
    expect([value(referenced[0], '00081196'), value(referenced[0], '00091003')]).toEqual([0xb007, outcome]);
    expect(value(referenced[0], '00091005')).toMatch(/^Group 0002 names another SOP Class/);
  }
  expect((await site.get(wado(file), { accept: 'application/dicom' })).body.equals(bytes)).toBe(true);
});

test('no refusal says what is in the file', async () => {
  const rows: Parameters<typeof ctStudy>[0]['extra'] = () => [
    ['0020,000D UI StudyInstanceUID', 'Muster^Änne'.normalize('NFD').replace(/[^ -~]/g, '')],
  ];
  const answer = await site.store([one(2011, rows)]);
  expect(answer.status).toBe(409);
  expect(answer.body.toString()).not.toMatch(/Muster/);
  expect(storeAnswer(answer).others.map(why)).toEqual([[0xc000, 'DICOM_UID_INVALID']]);
});
