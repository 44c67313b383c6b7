import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cli, ctStudy, type Exchange, peerTest, postgres15, type SyntheticFile } from '@symbolon/testbed';
import { afterAll, expect } from 'vitest';
import { digestsOf, heldOf, recorded } from './all-back.ts';
import { ask, multipart } from './ask.ts';
import { digestOf, digestsIn, fetchStudy } from './folder-of.ts';
import { until } from './load-of.ts';
import { startTwoNodes, type TwoNodes } from './two-nodes.ts';

const connections = 4;
const kills = process.env.SYMBOLON_DRILL ? 20 : 2;

let two: TwoNodes | undefined;
const nodesOf = async (initdb: string): Promise<TwoNodes> => {
  two ??= await startTwoNodes(initdb);
  return two;
};
afterAll(() => two?.dispose());

/** What a sender was told of each file: TAKEN, ALREADY_HELD, or the code of a refusal; by its SHA-256. */
type Told = Map<string, string>;

type Item = Record<string, { Value?: string[] } | undefined>;

async function store(node: Exchange, token: string, files: readonly SyntheticFile[], told: Told): Promise<void> {
  const answer = await ask(node, '/dicomweb/studies', { token, ...multipart(files.map(({ bytes }) => bytes)) });
  expect([200, 202, 409], answer.body.toString()).toContain(answer.status);
  const body = answer.json() as Record<string, { Value: Item[] } | undefined>;
  for (const item of [...(body['00081199']?.Value ?? []), ...(body['00081198']?.Value ?? [])])
    told.set(item['00091001']!.Value![0]!, (item['00091003'] ?? item['00091004'])!.Value![0]!);
}

/** Sends files over four connections, a few to a request. Where `gone` says so, a broken connection is the end of it. */
async function sendAll(
  node: Exchange,
  token: string,
  files: readonly SyntheticFile[],
  { atOnce = 5, gone = () => false }: { atOnce?: number; gone?: () => boolean } = {},
): Promise<Told> {
  const told: Told = new Map();
  const left = Array.from({ length: Math.ceil(files.length / atOnce) }, (_, at) =>
    files.slice(at * atOnce, (at + 1) * atOnce),
  );
  const send = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift())
      await store(node, token, next, told).catch((error: unknown) => {
        if (!gone()) throw error;
      });
  };
  await Promise.all(Array.from({ length: connections }, send));
  return told;
}

/** What the two senders were told of one file, in no order. */
const both = (tolds: readonly Told[], sha256: string): string =>
  tolds
    .map((told) => told.get(sha256))
    .sort()
    .join(' ');

/** Counts of the index, of the account and of the audit, by both nodes; and the files, byte for byte. */
async function mustHoldOnce({ nodes, me, database }: TwoNodes, files: readonly SyntheticFile[]): Promise<void> {
  for (const [study, ofStudy] of Map.groupBy(files, ({ studyInstanceUid }) => studyInstanceUid)) {
    for (const node of nodes) {
      const found = await ask(node, `/dicomweb/studies?StudyInstanceUID=${study}`, me);
      expect(found.json()).toMatchObject([{ '00201208': { Value: [ofStudy.length] } }]);
      const listed = await ask(node, `/dicomweb/studies/${study}/instances?limit=1000`, me);
      expect(listed.json()).toHaveLength(ofStudy.length);
    }
    const out = await mkdtemp('/tmp/sn-back-');
    try {
      expect(await fetchStudy(nodes[0], me, study, join(out, 'back'))).toMatchObject({ code: 0 });
      expect(await digestsIn(join(out, 'back'))).toEqual(digestsOf(ofStudy));
    } finally {
      await rm(out, { recursive: true });
    }
  }
  const packs = await database.selectFrom('packs').select(['instance_count', 'bytes', 'state']).execute();
  const sum = (of: readonly { instance_count: number }[]): number =>
    of.reduce((all, one) => all + one.instance_count, 0);
  const usage = (await ask(nodes[1], '/api/v1/usage', me)).json();
  expect(usage).toMatchObject({ instances: sum(packs), bytes: packs.reduce((all, { bytes }) => all + bytes, 0) });
  expect(await recorded(nodes[0], me, 'instance.store')).toBe(sum(packs.filter(({ state }) => state === 'current')));
  expect(await recorded(nodes[0], me, 'instance.keep-aside')).toBe(sum(packs.filter(({ state }) => state === 'aside')));
}

/** Every object has a row and every row its object; where nothing was killed, without a sweep. */
async function noOrphans({ database, objects }: TwoNodes): Promise<void> {
  const rows = await database.selectFrom('packs').select(['id', 'image_sealed_bytes', 'identity']).execute();
  expect(await objects()).toEqual({
    images: rows
      .filter((row) => row.image_sealed_bytes > 0)
      .map(({ id }) => id)
      .sort(),
    identity: rows
      .filter((row) => row.identity === null)
      .map(({ id }) => id)
      .sort(),
    unfinished: [],
  });
}

peerTest(
  'the same studies sent to both at once, in one order and in opposite ones: each instance is held once, and both are told',
  postgres15,
  async (initdb) => {
    const all = await nodesOf(initdb);
    const [a, b] = all.nodes;
    const studies = [501, 502].map((seed) => [...ctStudy({ seed, slices: 60, series: 2, rows: 32, columns: 32 })]);
    for (const [at, files] of studies.entries()) {
      const other = at === 0 ? files : files.toReversed();
      const tolds = await Promise.all([sendAll(a, all.me.token, files), sendAll(b, all.me.token, other)]);
      for (const sha256 of digestsOf(files)) expect(both(tolds, sha256)).toBe('ALREADY_HELD TAKEN');
    }
    await mustHoldOnce(all, studies.flat());
    await noOrphans(all);
  },
  180_000,
);

peerTest(
  'the same SOP Instance UIDs in two studies, one to each node at once: the first is held, the other kept aside, as on one node',
  postgres15,
  async (initdb) => {
    const all = await nodesOf(initdb);
    const [a, b] = all.nodes;
    const options = { seed: 511, slices: 80, rows: 32, columns: 32 };
    const one = [...ctStudy(options)];
    // Of another patient: else the patient's lock would keep the two apart.
    const elsewhere = { studyInstanceUid: `${one[0]!.studyInstanceUid}.1`, person: { patientId: 'ELSEWHERE-1' } };
    const other = [...ctStudy({ ...options, ...elsewhere })];
    const [ofOne, ofOther] = await Promise.all([
      sendAll(a, all.me.token, one, { atOnce: 1 }),
      sendAll(b, all.me.token, other, { atOnce: 1 }),
    ]);
    const outcomes = one.map((file, at) =>
      [ofOne.get(digestOf(file.bytes)), ofOther.get(digestOf(other[at]!.bytes))].sort().join(' '),
    );
    expect(new Set(outcomes)).toEqual(new Set(['CONFLICT_KEPT_ASIDE TAKEN']));
    const taken = [...ofOne, ...ofOther].filter(([, what]) => what === 'TAKEN').map(([sha256]) => sha256);
    const held = await ask(b, '/api/v1/held', {
      token: all.me.token,
      json: { sha256: [...digestsOf(one), ...digestsOf(other)] },
    });
    expect((held.json() as { held: string[] }).held.sort()).toEqual(taken.sort());
    await noOrphans(all);
  },
  180_000,
);

peerTest(
  'new patients whose studies come to both at once are one patient each, with one key',
  postgres15,
  async (initdb) => {
    const all = await nodesOf(initdb);
    const { nodes, me, database } = all;
    const patients = 24;
    const counted = async () => {
      const rows = await database.selectFrom('patients').select('id').execute();
      const { keys } = (await ask(nodes[1], '/api/v1/keys', me)).json() as { keys: { what: string; count: number }[] };
      return [rows.length, ...keys.filter(({ what }) => what === 'patient').map(({ count }) => count)];
    };
    const before = await counted();
    expect(before).toHaveLength(4);
    // One slice each: the patient's row and key are most of the work.
    const study = (node: number, at: number): SyntheticFile => {
      const person = { patientId: `BOTH-${at}`, patientName: `Both^Number ${at}` };
      return [...ctStudy({ seed: 520 + 100 * node + at, slices: 1, rows: 16, columns: 16, person })][0]!;
    };
    const sent = nodes.map((_, node) => Array.from({ length: patients }, (__, at) => study(node, at)));
    const tolds = await Promise.all(nodes.map((node, at) => sendAll(node, me.token, sent[at]!, { atOnce: 1 })));
    for (const told of tolds) expect([...told.values()]).toEqual(Array(patients).fill('TAKEN'));
    expect(await counted()).toEqual(before.map((count) => count + patients));
    for (const node of nodes) {
      const found = await ask(node, '/dicomweb/studies?PatientID=BOTH-7', me);
      expect(found.json()).toHaveLength(2);
    }
    await noOrphans(all);
  },
  180_000,
);

peerTest(
  'a node killed in the midst of a send holds nobody up; together they hold each instance once, and its leavings are swept',
  postgres15,
  async (initdb) => {
    const all = await nodesOf(initdb);
    const { nodes, me } = all;
    const [stays, dies] = nodes;
    const files: SyntheticFile[] = [];
    let inTheMidst = 0;
    for (let round = 0; round < kills; round += 1) {
      const ofRound = [...ctStudy({ seed: 560 + round, slices: 80, rows: 64, columns: 64 })];
      files.push(...ofRound);
      let killed = false;
      const whole = sendAll(stays, me.token, ofRound, { atOnce: 2 });
      const cut = sendAll(dies, me.token, ofRound, { atOnce: 2, gone: () => killed });
      // By then both have commits under way, of the same study.
      await until(async () => (await heldOf(stays, me, ofRound)).length >= 10 * (round + 1), 'a good part');
      killed = true;
      await dies.kill9();
      const told = await whole;
      expect(told.size).toBe(ofRound.length);
      for (const what of told.values()) expect(what).toMatch(/^(TAKEN|ALREADY_HELD)$/);
      const acknowledged = await cut;
      if (acknowledged.size < ofRound.length) inTheMidst += 1;
      await dies.restart();
      for (const [sha256, what] of acknowledged) {
        expect(what).toMatch(/^(TAKEN|ALREADY_HELD)$/);
        if (what === 'TAKEN') expect(told.get(sha256)).toBe('ALREADY_HELD');
      }
      const again = await sendAll(dies, me.token, ofRound);
      expect(again).toEqual(new Map(ofRound.map(({ bytes }) => [digestOf(bytes), 'ALREADY_HELD'])));
    }
    expect(inTheMidst).toBeGreaterThan(0);
    await mustHoldOnce(all, files);
    await all.grownOld();
    const sweep = ['sweep', '--to', stays.url, '--token-file', me.tokenFile, '--many'];
    expect(await cli(sweep, { exchange: stays })).toMatchObject({ code: 0 });
    await noOrphans(all);
  },
  240_000,
);

peerTest(
  'a node that is frozen, or cut off without a word, keeps its locks for five minutes at most; who waits for them sees what came before',
  postgres15,
  async (initdb) => {
    const { database } = await nodesOf(initdb);
    const settings = ['idle_in_transaction_session_timeout', 'default_transaction_isolation'];
    const asked = settings.map((name) =>
      database
        .selectNoFrom(({ fn, val }) => fn<string>('current_setting', [val(name)]).as('value'))
        .executeTakeFirstOrThrow(),
    );
    expect(await Promise.all(asked)).toEqual([{ value: '5min' }, { value: 'read committed' }]);
  },
);
