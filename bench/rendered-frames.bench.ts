/**
 * Rendered frames, ours beside Orthanc's, interleaved in one run: a CT slice, a frame of a tomosynthesis of 40 frames in
 * 252 MB, its first frame after a start, and 50 viewers who scroll at once. Ours goes over HTTPS, opens what is sealed, decides and
 * records each access; Orthanc is asked over plain HTTP, without sign-in, through its own REST API.
 *
 * Prints a line of JSON a figure. Frames are asked for once in a run where it says cold, and again where it says kept. Without
 * Orthanc (Debian: `apt install orthanc-dicomweb`) ours is measured alone.
 */
import { randomUUID } from 'node:crypto';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { ctStudy, orthancVersion, owner, type SyntheticFile, startExchange } from '@symbolon/testbed';
import { folderOf, send } from '../conformance/laws/folder-of.ts';
import { bodySlices } from '../packages/testbed/src/studies/body-pixels.ts';
import { smallCt } from '../packages/testbed/src/studies/exotic-file.ts';
import { syntheticFile } from '../packages/testbed/src/studies/synthetic-file.ts';
import { dataSet } from '../packages/testbed/src/writing/element.ts';
import { uidFor } from '../packages/testbed/src/writing/random.ts';
import { explicitLittle } from '../packages/testbed/src/writing/write.ts';
import { type Asking, asking } from './asking.ts';
import { cpuSeconds, median, peakMiB, percentile, print } from './measure.ts';
import { type OrthancOfBench, orthancIsHere, startOrthancOfBench } from './orthanc.ts';

const rounds = Number(process.env.ROUNDS ?? 5);
const slices = 100;
const ofRound = { ct: 15, tomosynthesis: 5 };
const viewers = 50;
const scrolled = 20;

const [tomoFrames, tomoRows, tomoColumns] = [40, 2048, 1536];

/** 40 slices of a breast, 12 of 16 bits each: 252 MB. */
function tomosynthesis(seed: number): SyntheticFile {
  const frame = bodySlices(seed, tomoRows, tomoColumns, 4);
  const one = tomoRows * tomoColumns * 2;
  const pixels = new Uint8Array(one * tomoFrames);
  for (let at = 0; at < tomoFrames; at += 1)
    pixels.set(at < 4 ? frame(at) : pixels.subarray((at % 4) * one, (at % 4) * one + one), at * one);
  const rows = dataSet(smallCt(seed), [
    ['0008,0016 UI SOPClassUID', '1.2.840.10008.5.1.4.1.1.13.1.3'],
    ['0008,0018 UI SOPInstanceUID', uidFor(seed, 'tomosynthesis')],
    ['0008,0060 CS Modality', 'MG'],
    ['0028,0008 IS NumberOfFrames', String(tomoFrames)],
    ['0028,0010 US Rows', [tomoRows]],
    ['0028,0011 US Columns', [tomoColumns]],
    ['7FE0,0010 OW PixelData', pixels],
  ]);
  return syntheticFile('tomosynthesis.dcm', rows, explicitLittle);
}

type Subject = {
  readonly name: string;
  get(what: 'ct' | 'tomosynthesis', at: number, viewer?: number): Promise<Buffer>;
};

const timed = async (work: () => Promise<Buffer>): Promise<number> => {
  const began = performance.now();
  const picture = await work();
  if (picture.readUInt16BE(0) !== 0xffd8) throw new Error('no JPEG');
  return performance.now() - began;
};

const exchange = await startExchange();
const orthanc: OrthancOfBench | undefined = orthancIsHere() ? await startOrthancOfBench() : undefined;
try {
  const date = new Date().toISOString().slice(0, 10);
  const about = { machine: cpus()[0]?.model, cores: cpus().length, node: process.version, date };
  console.log(JSON.stringify({ ...about, orthanc: orthanc ? orthancVersion() : 'not here' }));
  const me = await owner(exchange);
  const ct = [...ctStudy({ seed: 9300, slices })];
  const tomo = tomosynthesis(9301);
  const folder = join(dirname(exchange.dataDir), 'rendered');
  await folderOf(folder, [...ct, tomo]);
  const sent = await send(exchange, me, folder, join(dirname(exchange.dataDir), 'receipt.json'), {
    timeoutMs: 300_000,
  });
  if (sent.code !== 0) throw new Error(sent.stderr);
  const ids: string[] = [];
  if (orthanc) for (const { bytes } of [...ct, tomo]) ids.push(await orthanc.store(bytes));

  const pathsOf = async (file: SyntheticFile): Promise<string[]> => {
    const { json } = asking(exchange, 1);
    const found = { token: me.token, json: { studyInstanceUid: file.studyInstanceUid } };
    const { studies } = await json<{ studies: { id: string }[] }>('/api/v1/studies/find', found);
    const study = `/api/v1/studies/${studies[0]!.id}`;
    const { series } = await json<{ series: { id: string }[] }>(study, { token: me.token });
    const list = `${study}/series/${series[0]!.id}/images`;
    const { images } = await json<{ images: { id: string; frames: number }[] }>(list, { token: me.token });
    return images.flatMap(({ id, frames }) =>
      Array.from({ length: frames }, (_, at) => `${study}/images/${id}/frames/${at + 1}`),
    );
  };
  const ours = { ct: await pathsOf(ct[0]!), tomosynthesis: await pathsOf(tomo) };
  const connections = new Map<number, Asking>();
  const tokens = [me.token];
  const subjects: Subject[] = [
    {
      name: 'ours',
      get(what, at, viewer = 0) {
        const own = connections.get(viewer) ?? asking(exchange, 1);
        connections.set(viewer, own);
        return own.ask(ours[what][at] as string, { token: tokens[viewer] ?? me.token });
      },
    },
    ...(orthanc
      ? [
          {
            name: 'orthanc',
            get: (what: 'ct' | 'tomosynthesis', at: number, viewer = 0) =>
              orthanc.get(
                what === 'ct'
                  ? `/instances/${ids[at]}/frames/0/rendered`
                  : `/instances/${ids.at(-1)}/frames/${at}/rendered`,
                viewer,
              ),
          },
        ]
      : []),
  ];
  // Its plugin, which viewers ask, takes longer than its own REST API.
  const web = ({ studyInstanceUid, seriesInstanceUid, sopInstanceUid }: SyntheticFile, frame: number): string =>
    `/dicom-web/studies/${studyInstanceUid}/series/${seriesInstanceUid}/instances/${sopInstanceUid}/frames/${frame}/rendered`;
  const byWeb: Subject[] = orthanc
    ? [
        {
          name: 'orthanc by DICOMweb',
          get: (what, at, viewer = 0) =>
            orthanc.get(what === 'ct' ? web(ct[at] as SyntheticFile, 1) : web(tomo, at + 1), viewer),
        },
      ]
    : [];
  const ratio = (metric: string, of: (name: string) => number): void => {
    if (orthanc) print(`${metric}: ours / Orthanc`, of('ours') / of('orthanc'), '×', rounds);
  };

  for (const subject of subjects) for (let at = 90; at < slices; at += 1) await subject.get('ct', at);
  for (const what of ['ct', 'tomosynthesis'] as const) {
    const times = new Map<string, number[][]>();
    for (let round = 0; round < rounds; round += 1) {
      for (const { name, get } of [...subjects, ...byWeb]) {
        for (const kept of [false, true]) {
          const own: number[] = [];
          for (let n = 0; n < ofRound[what]; n += 1) own.push(await timed(() => get(what, round * ofRound[what] + n)));
          const key = `${name}${kept ? ', kept' : ', cold'}`;
          times.set(key, [...(times.get(key) ?? []), own]);
        }
      }
    }
    for (const [key, all] of times) {
      print(`rendered ${what} frame, ${key}: median of medians`, median(all.map(median)), 'ms', rounds);
      // What a busy machine tells best: what it takes when nothing else comes in between.
      print(`rendered ${what} frame, ${key}: quickest tenth`, percentile(all.flat(), 0.1), 'ms', all.flat().length);
    }
    for (const kept of ['cold', 'kept'])
      ratio(`rendered ${what} frame, ${kept}, quickest tenth`, (name) =>
        percentile(times.get(`${name}, ${kept}`)!.flat(), 0.1),
      );
    for (const kept of byWeb.length > 0 ? ['cold', 'kept'] : []) {
      const [mine = 0, theirs = 1] = ['ours', 'orthanc by DICOMweb'].map((name) =>
        median(times.get(`${name}, ${kept}`)!.map(median)),
      );
      print(`rendered ${what} frame, ${kept}, median: ours / Orthanc by DICOMweb`, mine / theirs, '×', rounds);
    }
  }

  // Another window of a frame that was seen.
  const turned: number[] = [];
  for (let n = 0; n < 20; n += 1) {
    const { ask } = connections.get(0) as Asking;
    const path = `${ours.tomosynthesis[24]}?center=${n}&width=400`;
    turned.push(await timed(() => ask(path, { token: me.token })));
  }
  print('another window of a tomosynthesis frame, ours', median(turned), 'ms', turned.length);
  print('another window of a tomosynthesis frame, ours: quickest tenth', percentile(turned, 0.1), 'ms', turned.length);

  const first = new Map<string, number[]>();
  for (let round = 0; round < 3; round += 1) {
    for (const { name, get } of subjects) {
      if (name === 'ours') {
        connections.clear();
        await exchange.restart();
        await asking(exchange, 1).ask('/readyz');
      } else await orthanc?.restart();
      first.set(name, [...(first.get(name) ?? []), await timed(() => get('tomosynthesis', 0))]);
    }
  }
  for (const [name, times] of first)
    print(`first frame of the 252 MB object after a start, ${name}`, median(times), 'ms', 3);
  ratio('first frame of the 252 MB object after a start', (name) => median(first.get(name)!));

  const { json } = asking(exchange, 1);
  const { userId } = await json<{ userId: string }>('/api/v1/me', { token: me.token });
  for (let at = 1; at < viewers; at += 1) {
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const asked = { label: `viewer ${at} ${randomUUID()}`, expiresAt };
    const issued = await json<{ secret: string }>(`/api/v1/users/${userId}/tokens`, {
      token: me.token,
      json: asked,
      status: 201,
    });
    tokens[at] = issued.secret;
  }
  const scrolls = new Map<string, { seconds: number[]; times: number[] }>();
  for (let round = 0; round < 3; round += 1) {
    for (const [order, { name, get }] of subjects.entries()) {
      const before = name === 'ours' ? cpuSeconds(exchange.process.pid as number, exchange.dataDir).exchange : 0;
      const times: number[] = [];
      const began = performance.now();
      const from = (round * 2 + order) * 7;
      await Promise.all(
        Array.from({ length: viewers }, async (_, viewer) => {
          // Half of them look at the same images, the others each somewhere else.
          const start = viewer % 2 === 0 ? from : viewer * 3;
          for (let n = 0; n < scrolled; n += 1) times.push(await timed(() => get('ct', (start + n) % slices, viewer)));
        }),
      );
      const seconds = (performance.now() - began) / 1000;
      const own = scrolls.get(name) ?? { seconds: [], times: [] };
      scrolls.set(name, own);
      own.seconds.push(seconds);
      own.times.push(...times);
      if (name === 'ours')
        print(
          'CPU of the exchange for 1,000 frames of 50 viewers',
          cpuSeconds(exchange.process.pid as number, exchange.dataDir).exchange - before,
          's',
          1,
        );
    }
  }
  const asked = viewers * scrolled;
  for (const [name, { seconds, times }] of scrolls) {
    print(`${viewers} viewers scroll at once, ${name}: frames a second`, asked / median(seconds), '1/s', 3);
    print(`${viewers} viewers scroll at once, ${name}: p50`, percentile(times, 0.5), 'ms', times.length);
    print(`${viewers} viewers scroll at once, ${name}: p95`, percentile(times, 0.95), 'ms', times.length);
  }
  ratio(`${viewers} viewers scroll at once, time`, (name) => median(scrolls.get(name)!.seconds));
  print('peak memory of the exchange', peakMiB(exchange.process.pid as number), 'MiB', 1);
} finally {
  await orthanc?.dispose();
  await exchange.dispose();
}
