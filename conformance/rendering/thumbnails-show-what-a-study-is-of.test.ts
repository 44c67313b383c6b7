import { afterAll, beforeAll, expect, test } from 'vitest';
import { ctDataSets } from '../../packages/testbed/src/studies/ct.ts';
import { plainObject } from '../../packages/testbed/src/studies/exotic-file.ts';
import { personFor } from '../../packages/testbed/src/studies/person.ts';
import { type SyntheticFile, syntheticFile } from '../../packages/testbed/src/studies/synthetic-file.ts';
import { dataSet, type Row } from '../../packages/testbed/src/writing/element.ts';
import { uidFor } from '../../packages/testbed/src/writing/random.ts';
import { explicitLittle } from '../../packages/testbed/src/writing/write.ts';
import { type Series, startViewer, type Viewer } from './viewer.ts';

let viewer: Viewer;
beforeAll(async () => {
  viewer = await startViewer();
});
afterAll(() => viewer?.exchange.dispose());

type Wanted = { readonly slices: number; readonly rows?: readonly Row[] };

/** Series of one study, the pixels of each its own. */
function filesOf(seed: number, wanted: readonly Wanted[]): SyntheticFile[] {
  const studyInstanceUid = uidFor(seed, 'study/thumbnails');
  const person = personFor(seed);
  return wanted.flatMap(({ slices, rows = [] }, at) =>
    [...ctDataSets({ seed: seed + at, slices, rows: 48, columns: 64, studyInstanceUid, person })].map((slice, n) =>
      syntheticFile(`thumbnails/${at}-${n}`, dataSet(slice, rows), explicitLittle),
    ),
  );
}

async function stored(files: readonly SyntheticFile[]): Promise<{ id: string; series: readonly Series[] }> {
  expect((await viewer.store(files)).status).toBe(200);
  const id = await viewer.studyId(files[0]!.studyInstanceUid);
  return { id, series: await viewer.series(id) };
}

const thumbnailOf = (path: string) => viewer.get(`${path}/thumbnail`);
const ofStudy = (id: string) => thumbnailOf(`/api/v1/studies/${id}`);

test('of a study it is the middle of the series that shows the patient, and not of those that plan it or tell of it', async () => {
  const files = filesOf(4100, [
    { slices: 6, rows: [['0008,0008 CS ImageType', 'ORIGINAL\\PRIMARY\\LOCALIZER']] },
    { slices: 5, rows: [['0008,103E LO SeriesDescription', 'Topogramm  0.6  T20s']] },
    { slices: 2 },
    { slices: 4, rows: [['0008,103E LO SeriesDescription', 'Thorax 1.0 Br38']] },
  ]);
  const { id, series } = await stored(files);
  const main = series.find(({ images }) => images.length === 4)!;
  const picture = await ofStudy(id);
  expect(picture).toMatchObject({
    status: 200,
    headers: { 'content-type': 'image/jpeg', 'cache-control': 'no-store' },
  });
  const middle = await viewer.frame(id, main.images[2]!, 1, '?size=192');
  expect(picture.body.equals(middle.body)).toBe(true);
  for (const other of series.filter((one) => one !== main))
    expect((await thumbnailOf(other.path)).body.equals(picture.body)).toBe(false);
});

test('of a study that has nothing but a localizer it is that, beside a report that is larger', async () => {
  const [localizer] = filesOf(4200, [
    { slices: 1, rows: [['0008,0008 CS ImageType', 'ORIGINAL\\PRIMARY\\LOCALIZER']] },
  ]);
  const report = dataSet(plainObject(4200, '1.2.840.10008.5.1.4.1.1.88.67', 'SR'), [
    ['0020,000D UI StudyInstanceUID', localizer!.studyInstanceUid],
    ['0020,000E UI SeriesInstanceUID', uidFor(4200, 'reports')],
  ]);
  const reports = [1, 2, 3].map((n) =>
    syntheticFile(
      `thumbnails/report-${n}`,
      dataSet(report, [['0008,0018 UI SOPInstanceUID', uidFor(4200, `report ${n}`)]]),
      explicitLittle,
    ),
  );
  const { id, series } = await stored([...reports, localizer!]);
  const only = series.find(({ images }) => images[0]!.refusal === null)!;
  expect((await ofStudy(id)).body.equals((await thumbnailOf(only.path)).body)).toBe(true);
});

test('of a study without pictures there is none', async () => {
  const report = plainObject(4300, '1.2.840.10008.5.1.4.1.1.88.67', 'SR');
  const own = dataSet(report, [
    ['0008,0018 UI SOPInstanceUID', uidFor(4300, 'report')],
    ['0020,000E UI SeriesInstanceUID', uidFor(4300, 'reports')],
  ]);
  const { id } = await stored([syntheticFile('thumbnails/report', own, explicitLittle)]);
  expect(await ofStudy(id)).toMatchObject({ status: 204, body: Buffer.alloc(0) });
});

test('of an image of many frames it is the one that its header names', async () => {
  const [slice] = ctDataSets({ seed: 4400, slices: 1, rows: 48, columns: 64 });
  const [one] = slice!.filter(([key]) => key.startsWith('7FE0,0010'));
  const pixels = one![1] as Uint8Array;
  const frames = new Uint8Array(pixels.length * 5);
  for (let frame = 0; frame < 5; frame += 1)
    frames.set(
      pixels.map((byte, at) => (at % 2 ? byte : byte ^ frame)),
      frame * pixels.length,
    );
  const named = syntheticFile(
    'thumbnails/named',
    dataSet(slice!, [
      ['0028,0008 IS NumberOfFrames', '5'],
      ['0028,6010 US RepresentativeFrameNumber', [2]],
      ['0028,1050 DS WindowCenter', '40'],
      ['0028,1051 DS WindowWidth', '60'],
      ['7FE0,0010 OW PixelData', frames],
    ]),
    explicitLittle,
  );
  const { id, series } = await stored([named]);
  const [image] = series[0]!.images;
  const [second, middle] = await Promise.all([2, 3].map((frame) => viewer.frame(id, image!, frame, '?size=192')));
  expect(second!.body.equals(middle!.body)).toBe(false);
  expect((await ofStudy(id)).body.equals(second!.body)).toBe(true);
});

test('is on record before it goes out, as every picture, and asked for without a sign-in it is not there', async () => {
  const { id } = await stored(filesOf(4500, [{ slices: 1 }]));
  const records = () => viewer.sql("select 1 from audit_records where action = 'study.view' and study_id = $1", [id]);
  // What was listed before is written down when the exchange ends.
  await viewer.exchange.restart();
  const before = (await records()).length;
  await ofStudy(id);
  expect(await records()).toHaveLength(before + 1);
  expect((await viewer.get(`/api/v1/studies/${id}/thumbnail`, { authorization: '' })).status).toBe(401);
});

test('is one reading that names its image; where there is nothing to show the looking is on record too', async () => {
  const { id, series } = await stored(filesOf(4600, [{ slices: 3 }]));
  const report = dataSet(plainObject(4700, '1.2.840.10008.5.1.4.1.1.88.67', 'SR'), [
    ['0008,0018 UI SOPInstanceUID', uidFor(4700, 'report')],
    ['0020,000E UI SeriesInstanceUID', uidFor(4700, 'reports')],
  ]);
  const none = await stored([syntheticFile('thumbnails/none', report, explicitLittle)]);
  await viewer.exchange.restart();
  const since = Date.now();
  expect((await thumbnailOf(series[0]!.path)).status).toBe(200);
  expect((await ofStudy(none.id)).status).toBe(204);
  // Now their details are written, too.
  await viewer.exchange.restart();
  const detailsOf = async (study: string) => {
    const answer = await viewer.get(`/api/v1/audit?study=${study}&action=study.view`);
    const { records } = JSON.parse(answer.body.toString()) as { records: { at: string; detail: unknown }[] };
    return records.filter(({ at }) => Date.parse(at) >= since).map(({ detail }) => detail);
  };
  expect((await detailsOf(id)).filter(Boolean)).toEqual([{ times: 1, instances: 1 }]);
  expect((await detailsOf(none.id)).filter(Boolean)).toEqual([{ times: 1, instances: 0 }]);
});
