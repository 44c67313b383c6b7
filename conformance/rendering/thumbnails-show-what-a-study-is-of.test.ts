import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ctDataSets } from '../../packages/testbed/src/studies/ct.ts';
import { plainObject } from '../../packages/testbed/src/studies/exotic-file.ts';
import { personFor } from '../../packages/testbed/src/studies/person.ts';
import { type SyntheticFile, syntheticFile } from '../../packages/testbed/src/studies/synthetic-file.ts';
import { dataSet, type Row } from '../../packages/testbed/src/writing/element.ts';
import { uidFor } from '../../packages/testbed/src/writing/random.ts';
import { explicitLittle } from '../../packages/testbed/src/writing/write.ts';
import { addPerson } from '../access/people-by-rows.ts';
import { ask } from '../laws/ask.ts';
import { erased } from '../laws/erasing.ts';
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

describe('what is kept of pictures', () => {
  const [rows, columns] = [48, 64];
  const overlay: readonly Row[] = [
    ['6000,0010 US OverlayRows', [rows]],
    ['6000,0011 US OverlayColumns', [columns]],
    ['6000,0040 CS OverlayType', 'G'],
    ['6000,0050 SS OverlayOrigin', [1, 1]],
    ['6000,0100 US OverlayBitsAllocated', [1]],
    ['6000,0102 US OverlayBitPosition', [0]],
    ['6000,3000 OW OverlayData', new Uint8Array((rows * columns) / 8).fill(0x0f)],
  ];
  const api = (path: string, question: Parameters<typeof ask>[2] = {}) =>
    ask(viewer.exchange, `/api/v1/${path}`, { token: viewer.owner.token, ...question });

  async function kept(figure: 'hits' | 'misses' | 'bytes', cache: 'pictures' | 'frames'): Promise<number> {
    const { body } = await ask(viewer.exchange, '/metrics', viewer.owner);
    const line = new RegExp(`^symbolon_rendering_cache_${figure}\\{cache="${cache}"\\} (\\d+)$`, 'm');
    return Number(line.exec(body.toString())?.[1] ?? Number.NaN);
  }

  // The first after a restart: nothing of others is there to go by itself meanwhile.
  test('goes with its study: it is not found, and takes no memory', async () => {
    const { exchange, owner } = viewer;
    const { id, series } = await stored(filesOf(5000, [{ slices: 2 }]));
    const before = [await kept('bytes', 'pictures'), await kept('bytes', 'frames')];
    const pictures = () => Promise.all(series[0]!.images.map((image) => viewer.frame(id, image)));
    for (const { status } of [...(await pictures()), ...(await pictures())]) expect(status).toBe(200);
    expect(await kept('bytes', 'pictures')).toBeGreaterThan(before[0]!);
    expect(await kept('bytes', 'frames')).toBeGreaterThan(before[1]! + 2 * rows * columns * 2);
    await erased(exchange, owner, `studies/${id}/erasure`);
    for (const { status } of await pictures()) expect(status).toBe(404);
    expect((await ofStudy(id)).status).toBe(404);
    expect([await kept('bytes', 'pictures'), await kept('bytes', 'frames')]).toEqual(before);
  });

  test('serves who asks for the same again, and nobody who asks for something else', async () => {
    const { id, series } = await stored(filesOf(4800, [{ slices: 1, rows: overlay }]));
    const image = series[0]!.images[0]!;
    const queries = ['?format=png', '?format=png&overlays=false', '?format=png&invert=true', '?format=png&size=32'];
    const [hits, misses] = [await kept('hits', 'pictures'), await kept('misses', 'pictures')];
    const first: Buffer[] = [];
    for (const query of queries) first.push((await viewer.frame(id, image, 1, query)).body);
    expect(new Set(first.map((body) => body.toString('base64'))).size).toBe(queries.length);
    expect([await kept('hits', 'pictures'), await kept('misses', 'pictures')]).toEqual([hits, misses + queries.length]);
    for (const [at, query] of queries.entries())
      expect((await viewer.frame(id, image, 1, query)).body.equals(first[at]!), query).toBe(true);
    expect([await kept('hits', 'pictures'), await kept('misses', 'pictures')]).toEqual([
      hits + queries.length,
      misses + queries.length,
    ]);
    // Another quality is another picture, of the frame that was decoded before.
    const frames = await kept('hits', 'frames');
    expect((await viewer.frame(id, image, 1, '?quality=33')).status).toBe(200);
    expect(await kept('hits', 'frames')).toBe(frames + 1);
  });

  test('is not there for whoever looked at it by a link or a grant that was revoked since', async () => {
    const { id, series } = await stored(filesOf(4900, [{ slices: 1 }]));
    const path = `images/${series[0]!.images[0]!.id}/frames/1`;
    const eva = await addPerson(viewer.exchange, { name: 'Eva Member', role: 'member' });
    const to = { to: { userId: eva.userId }, seriesIds: null, expiresAt: null };
    const { grants } = (await api(`studies/${id}/grants`, { json: to })).json() as { grants: { id: string }[] };
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const made = (await api(`studies/${id}/links`, { json: { expiresAt } })).json() as {
      link: { id: string };
      address: string;
    };
    const [, secret = ''] = made.address.split('#');
    const opened = await ask(viewer.exchange, `/api/v1/shared/${made.link.id}/open`, { json: { secret } });
    const [cookie = ''] = (opened.headers['set-cookie'] ?? [])[0]?.split(';') ?? [];
    const byLink = () =>
      ask(viewer.exchange, `/api/v1/shared/${made.link.id}/study/${path}`, {
        headers: { cookie, 'sec-fetch-site': 'same-origin' },
      });
    const byGrant = () => api(`studies/${id}/${path}`, { token: eva.token });

    expect((await byLink()).status).toBe(200);
    const hits = await kept('hits', 'pictures');
    expect((await byGrant()).status).toBe(200);
    expect(await kept('hits', 'pictures')).toBe(hits + 1);
    for (const gone of [`links/${made.link.id}`, `studies/${id}/grants/${grants[0]!.id}`])
      expect((await api(gone, { method: 'DELETE' })).status).toBe(200);
    const [link, grant, owner] = [await byLink(), await byGrant(), await api(`studies/${id}/${path}`)];
    expect([link.status, grant.status, owner.status]).toEqual([410, 404, 200]);
    for (const { headers } of [link, grant]) expect(headers['content-type']).toContain('json');
    // It was there all the time, and given to the one who may.
    expect(await kept('hits', 'pictures')).toBe(hits + 2);
  });
});
