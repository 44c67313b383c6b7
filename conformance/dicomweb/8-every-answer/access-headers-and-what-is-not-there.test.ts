import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ctStudy, type SyntheticFile } from '../../../packages/testbed/src/index.ts';
import { type Answer, code, type Site, startSite, wado } from '../dicomweb-client.ts';

let site: Site;
const [mine, foreign] = [8000, 8001].map((seed) => [...ctStudy({ seed, slices: 1, rows: 16, columns: 16 })][0]!) as [
  SyntheticFile,
  SyntheticFile,
];
beforeAll(async () => {
  site = await startSite();
  await site.store([mine, foreign]);
  // The second study becomes another account's: its row, its tokens and its packs are there, but not for us.
  const other = randomUUID();
  await site.sql('insert into accounts (id, name) values ($1, $2)', [other, 'Another']);
  // No pack ever moves; the database itself refuses it.
  await site.sql('alter table packs disable trigger packs_keep_their_count');
  for (const table of ['packs', 'series', 'studies']) {
    const own = table === 'studies' ? 'id' : 'study_id';
    await site.sql(
      `update ${table} set account_id = $1 where ${own} = (select id from studies order by created_at desc, ctid desc limit 1)`,
      [other],
    );
  }
});
afterAll(() => site.exchange.dispose());

/** All that a client can see of an answer, the time aside. */
const seen = ({ status, headers, body }: Answer) => {
  const { date: _, ...others } = headers;
  return { status, headers: others, body: body.toString() };
};

test('what belongs to another account answers exactly as what is not there', async () => {
  const held = (await site.search('/dicomweb/studies')).length;
  expect(held).toBe(1);
  const visible = (await site.get(wado(mine))).status === 200 ? mine : foreign;
  const hidden = visible === mine ? foreign : mine;
  const nowhere = { studyInstanceUid: '2.25.1', seriesInstanceUid: '2.25.2', sopInstanceUid: '2.25.3' };
  const paths = (of: typeof nowhere): string[] => {
    const study = `/dicomweb/studies/${of.studyInstanceUid}`;
    const series = `${study}/series/${of.seriesInstanceUid}`;
    return [
      study,
      series,
      wado(of),
      ...[study, series, wado(of)].map((path) => `${path}/metadata`),
      `${study}/series`,
      `${study}/instances`,
      `${series}/instances`,
      `${wado(of)}/bulkdata/00291001`,
    ];
  };
  for (const [at, path] of paths(hidden).entries()) {
    const answer = await site.get(path);
    expect([answer.status, code(answer)]).toEqual([404, 'STUDY_NOT_FOUND']);
    expect(seen(answer)).toEqual(seen(await site.get(paths(nowhere)[at] as string)));
  }
  // Nor does a series or an instance that is not there inside a study that is.
  for (const path of [
    wado({ ...visible, seriesInstanceUid: hidden.seriesInstanceUid }),
    wado({ ...visible, sopInstanceUid: hidden.sopInstanceUid }),
  ]) {
    expect(seen(await site.get(path))).toEqual(seen(await site.get(wado(nowhere))));
  }
  expect(await site.search(`/dicomweb/studies?StudyInstanceUID=${hidden.studyInstanceUid}`)).toEqual([]);
});

const somePaths = [
  '/dicomweb/studies',
  '/dicomweb/studies/1.2.3',
  '/dicomweb/studies/1.2.3/metadata',
  '/dicomweb/studies/1.2.3/series',
];

test('without a token, and with one that is wrong, every resource answers 401', async () => {
  for (const path of somePaths) {
    for (const authorization of ['', 'Bearer wrong', 'Bearer ', 'Basic b3duZXI6cHc=', `Bearer ${site.owner.token}x`]) {
      const answer = await site.get(path, { authorization });
      expect([answer.status, code(answer)], `${path} ${authorization}`).toEqual([401, 'ACCESS_SIGN_IN_NEEDED']);
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
    }
  }
  const body = { authorization: '', 'content-type': 'application/dicom' };
  expect((await site.send('POST', '/dicomweb/studies', body, mine.bytes)).status).toBe(401);
});

test('a UID that is none is a bad request, whatever it looks like', async () => {
  for (const uid of ['x', '1.2.', '..%2f..', '1.2.3%00', "1'%20or%20'1'='1", '1'.repeat(65)]) {
    const answer = await site.get(`/dicomweb/studies/${uid}`);
    expect([answer.status, code(answer)], uid).toEqual([400, 'REQUEST_INVALID']);
  }
});

test('every answer, good or bad, is of a type that no browser guesses at', async () => {
  const answers: Answer[] = [
    await site.get('/dicomweb/studies'),
    await site.get('/dicomweb/studies?fuzzymatching=true'),
    // An address that cannot be decoded.
    await site.get('/dicomweb/studies/%zz'),
    await site.get(wado(mine)),
    await site.get(wado(mine), { accept: 'application/dicom' }),
    await site.get(`${wado(mine)}/metadata`),
    await site.get('/dicomweb/studies/1.2.3'),
    await site.get('/dicomweb/studies/x'),
    await site.get('/dicomweb/nothing'),
    await site.get('/dicomweb/studies', { authorization: '' }),
    await site.get('/dicomweb/studies', { accept: 'text/html' }),
    await site.store([mine]),
    await site.send('POST', '/dicomweb/studies', { 'content-type': 'text/plain' }, Buffer.from('x')),
    await site.send('PUT', wado(mine)),
    await site.send('OPTIONS', '/dicomweb/studies'),
    await site.send('DELETE', wado(mine)),
  ];
  for (const { headers } of answers) {
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['content-security-policy']).toMatch(/default-src 'none'/);
    expect(headers['strict-transport-security']).toMatch(/max-age/);
    expect(headers['referrer-policy']).toBe('no-referrer');
    expect(headers['content-type']).toMatch(
      /^(application\/(dicom|dicom\+json|json|problem\+json|vnd\.sun\.wadl\+xml)|multipart\/related)/,
    );
  }
});

test('nothing that was asked is in the log: no UID, no name, no path', async () => {
  await site.get(`/dicomweb/studies?PatientName=Verraeterisch*`);
  const output = site.exchange.output();
  for (const secret of [mine.studyInstanceUid, foreign.sopInstanceUid, 'Verraeterisch', site.owner.token]) {
    expect(output.includes(secret)).toBe(false);
  }
});
