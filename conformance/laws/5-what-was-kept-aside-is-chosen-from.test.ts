import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cli, ctStudy, type Exchange, type Owner, owner, type SyntheticFile, startExchange } from '@symbolon/testbed';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, multipart } from './ask.ts';
import { digestOf, digestsIn, fetchStudy } from './folder-of.ts';

let exchange: Exchange;
let me: Owner;
let root: string;
let studyId: string;
let first: SyntheticFile[];
let second: SyntheticFile[];

const seconds = { patientName: 'Anders^Ada', patientId: 'ANDERS-1' };

beforeAll(async () => {
  exchange = await startExchange();
  root = join(dirname(exchange.dataDir), 'files');
  await mkdir(root);
  me = await owner(exchange);
  const study = { seed: 71, slices: 4, rows: 32, columns: 32 };
  first = [...ctStudy({ ...study, person: { patientName: 'Erste^Eva', patientId: 'ERSTE-1' } })];
  second = [...ctStudy({ ...study, person: seconds })];
  await stow(first);
  const [found] = (await worklist({ name: 'Erste' })) as { id: string }[];
  studyId = found!.id;
});
afterAll(() => exchange?.dispose());

const stow = (files: readonly SyntheticFile[]) =>
  ask(exchange, '/dicomweb/studies', { ...multipart(files.map(({ bytes }) => bytes)), token: me.token });
const worklist = async (json: object): Promise<unknown[]> =>
  ((await ask(exchange, '/api/v1/studies/search', { token: me.token, json })).json() as { studies: unknown[] }).studies;
const found = async (query: object): Promise<number> => (await worklist(query)).length;

async function qido(query: string): Promise<Record<string, { Value?: unknown[] }>[]> {
  return (await ask(exchange, `/dicomweb/studies?${query}`, { token: me.token })).json() as never;
}

async function conflicts(...args: string[]) {
  const result = await cli(['conflicts', ...args, '--from', exchange.url, '--token-file', me.tokenFile], { exchange });
  expect(result).toMatchObject({ code: 0 });
  return result.stdout;
}

let fetches = 0;
async function mustHold(files: readonly SyntheticFile[], named: string, notNamed: string): Promise<void> {
  fetches += 1;
  const out = join(root, `back-${fetches}`);
  expect(await fetchStudy(exchange, me, files[0]!.studyInstanceUid, out)).toMatchObject({ code: 0 });
  const digests = files.map(({ bytes }) => digestOf(bytes)).sort();
  expect(await digestsIn(out)).toEqual(digests);
  const held = { token: me.token, json: { sha256: [...first, ...second].map(({ bytes }) => digestOf(bytes)) } };
  const answer = (await ask(exchange, '/api/v1/held', held)).json() as { held: string[] };
  expect(answer.held.sort()).toEqual(digests);
  // Searched by what is current, and by nothing else, over both roads.
  expect([await found({ name: named }), await found({ name: notNamed })]).toEqual([1, 0]);
  expect([(await qido(`PatientName=${named}*`)).length, (await qido(`PatientName=${notNamed}*`)).length]).toEqual([
    1, 0,
  ]);
  const [item] = await qido(`StudyInstanceUID=${files[0]!.studyInstanceUid}`);
  expect([item!['00201206']!.Value, item!['00201208']!.Value]).toEqual([[1], [files.length]]);
  const uid = files[0]!.studyInstanceUid;
  const instances = await ask(exchange, `/dicomweb/studies/${uid}/instances`, { token: me.token });
  expect(instances.json()).toHaveLength(files.length);
  const metadata = await ask(exchange, `/dicomweb/studies/${uid}/metadata`, { token: me.token });
  const names = (metadata.json() as Record<string, { Value: { Alphabetic: string }[] }>[]).map(
    (one) => one['00100010']!.Value[0]!.Alphabetic,
  );
  expect(new Set(names)).toEqual(new Set([`${named}^${named === 'Erste' ? 'Eva' : 'Ada'}`]));
  for (const file of files) {
    const path = `/dicomweb/studies/${uid}/series/${file.seriesInstanceUid}/instances/${file.sopInstanceUid}`;
    const headers = { accept: 'application/dicom' };
    const one = await ask(exchange, path, { token: me.token, headers });
    expect(digestOf(one.body)).toBe(digestOf(file.bytes));
  }
}

test('kept aside, taken and put back with the command line: every road gives what is current, both versions stay', async () => {
  await mustHold(first, 'Erste', 'Anders');
  expect((await stow(second)).status).toBe(409);
  await mustHold(first, 'Erste', 'Anders');
  expect(await conflicts('list')).toContain(`${studyId}  4 open, 0 decided`);
  const differences = await conflicts('show', '--study', studyId);
  expect(differences).toMatch(/held Erste\^Eva\n\s+new {2}Anders\^Ada/);
  expect(differences).toContain('pixels same');

  const chosen = await conflicts('choose', '--study', studyId, '--take', 'new');
  await mustHold(second, 'Anders', 'Erste');
  expect(await conflicts('list')).toContain('Nothing is kept aside.');
  expect((await stow(second)).status).toBe(200);
  expect((await stow(first)).status).toBe(409);
  // Every version ever sent comes back by its SHA-256.
  for (const { bytes } of [...first, ...second]) {
    const json = { sha256: digestOf(bytes) };
    const file = await ask(exchange, `/api/v1/studies/${studyId}/conflict/file`, { token: me.token, json });
    expect(digestOf(file.body)).toBe(json.sha256);
  }

  const old = join(root, 'old.dcm');
  const sha256 = digestOf(first[0]!.bytes);
  await conflicts('get', '--study', studyId, '--sha256', sha256, '--out', old);
  expect(digestOf(await readFile(old))).toBe(sha256);

  const choice = /--choice (\S+)/.exec(chosen)![1]!;
  await conflicts('undo', '--study', studyId, '--choice', choice);
  await mustHold(first, 'Erste', 'Anders');
  expect(await conflicts('list')).toContain('4 open');
});

test('looking, choosing and undoing are in the audit, each choice with what was current before and after', async () => {
  const audit = await ask(exchange, `/api/v1/audit?study=${studyId}`, { token: me.token });
  const records = (audit.json() as { records: { action: string; kind: string; detail: Record<string, unknown> }[] })
    .records;
  const choices = records.filter(({ action }) => action === 'conflict.resolve');
  expect(choices.map(({ kind, detail }) => [kind, detail.choice, detail.undone ?? false, detail.instances])).toEqual([
    ['update', 'new', true, undefined],
    ['update', 'new', false, 4],
  ]);
  const actions = new Set(records.map(({ action }) => action));
  for (const action of ['conflict.read', 'conflict.download', 'instance.keep-aside']) expect(actions).toContain(action);
});

test('somebody with a link sees nothing of it, and what is current by it', async () => {
  const json = { expiresAt: new Date(Date.now() + 3_600_000).toISOString() };
  const made = await ask(exchange, `/api/v1/studies/${studyId}/links`, { token: me.token, json });
  const { link, address } = made.json() as { link: { id: string }; address: string };
  const opened = await ask(exchange, `/api/v1/shared/${link.id}/open`, {
    json: { secret: new URL(address).hash.slice(1) },
    headers: { origin: exchange.url },
  });
  const headers = { cookie: opened.headers['set-cookie']![0]!.split(';')[0]! };
  const facts = await ask(exchange, `/api/v1/shared/${link.id}/study`, { headers });
  expect(facts.json()).toMatchObject({ keptAside: 0, instanceCount: 4 });
  for (const path of ['/api/v1/conflicts', `/api/v1/studies/${studyId}/conflict`])
    expect((await ask(exchange, path, { headers })).status).toBe(401);
});
