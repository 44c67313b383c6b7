import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  colourStudy,
  ctStudy,
  exoticFiles,
  multiframeStudy,
  peerTest,
  type SyntheticFile,
} from '../../../packages/testbed/src/index.ts';
import { exoticFile, smallCt } from '../../../packages/testbed/src/studies/exotic-file.ts';
import { dataSet } from '../../../packages/testbed/src/writing/element.ts';
import { encapsulatedPixels } from '../../../packages/testbed/src/writing/encapsulate.ts';
import { rleLossless } from '../../../packages/testbed/src/writing/write.ts';
import { expectedLevels, pydicom } from '../../rendering/expected-levels.ts';
import { jpegSize, pngLevels } from '../../rendering/png-levels.ts';
import { startViewer, type Viewer } from '../../rendering/viewer.ts';
import { type Answer, code, json, partsOf, wado } from '../dicomweb-client.ts';

let site: Viewer;
const slices = [...ctStudy({ seed: 7600, slices: 5, rows: 60, columns: 80 })];
const ct = slices[0]!;
const [cine, enhanced] = [...multiframeStudy({ seed: 7601, frames: 5, rows: 48, columns: 64 })] as [
  SyntheticFile,
  SyntheticFile,
];
const colour = [...colourStudy({ seed: 7602, rows: 40, columns: 51 })];
const rgb = colour[0]!;
const exotic = exoticFiles(7603);
/** As an MP4 begins; what it shows is no matter here. */
const stream = Buffer.concat([Buffer.from('0000001866747970', 'hex'), Buffer.alloc(3_000, 'isom')]);
const video = exoticFile(
  7604,
  'MPEG-4 video',
  dataSet(smallCt(7604), [['0028,0008 IS NumberOfFrames', '25'], ...encapsulatedPixels([stream], { table: 'empty' })]),
  { syntax: { ...rleLossless, uid: '1.2.840.10008.1.2.4.102' } },
);
beforeAll(async () => {
  site = await startViewer();
  // Out of their order: pictures come in the order in which they are looked at.
  const mixed = [3, 0, 4, 1, 2].map((at) => slices[at]!);
  expect((await site.store([...mixed, cine, enhanced, ...colour, ...exotic, video])).status).toBe(200);
});
afterAll(() => site?.exchange.dispose());

const png = { accept: 'image/png' };
const rendered = (file: SyntheticFile, query = '', headers: Record<string, string> = png): Promise<Answer> =>
  site.get(`${wado(file)}/rendered${query}`, headers);
const studyOf = (file: SyntheticFile): string => `/dicomweb/studies/${file.studyInstanceUid}`;
const seriesOf = (file: SyntheticFile): string => `${studyOf(file)}/series/${file.seriesInstanceUid}`;
const detail = (answer: Answer): string => (json(answer) as unknown as { detail: string }).detail;

describe('a rendered instance', () => {
  peerTest('is, level by level, what pydicom and the formula of PS3.3 give', pydicom, async () => {
    for (const [query, center, width] of [
      ['', 40, 400],
      ['?window=-600,1200,linear', -600, 1200],
      ['?window=50.5,80.25,linear', 50.5, 80.25],
    ] as const) {
      const answer = await rendered(ct, query);
      expect([answer.status, answer.headers['content-type']]).toEqual([200, 'image/png']);
      expect(pngLevels(answer.body).levels.equals(expectedLevels(ct.bytes, 1, center, width))).toBe(true);
    }
    for (let frame = 1; frame <= 5; frame += 1) {
      const answer = await site.get(`${wado(cine)}/frames/${frame}/rendered`, png);
      expect(pngLevels(answer.body).levels.equals(expectedLevels(cine.bytes, frame))).toBe(true);
    }
  });

  test('is, byte for byte, the picture that the viewer of the web app shows', async () => {
    const id = await site.studyId(ct.studyInstanceUid);
    const [image] = (await site.series(id))[0]!.images;
    for (const [theirs, ours] of [
      ['', ''],
      ['?quality=50', '?quality=50'],
      ['?center=-600&width=1200&function=linear', '?window=-600,1200,linear'],
      ['?center=40&width=3&function=sigmoid', '?window=40,3,sigmoid'],
      ['?region=10,20,30,40', '?viewport=30,40,10,20,30,40'],
      ['?size=40', '?viewport=40,40'],
    ]) {
      const shown = await site.frame(id, image!, 1, theirs);
      const answer = await rendered(ct, ours, { accept: 'image/jpeg' });
      expect([shown.status, answer.status]).toEqual([200, 200]);
      expect(answer.body.equals(shown.body), ours).toBe(true);
    }
  });

  test('is a JPEG, a PNG or a GIF, whichever the client likes best', async () => {
    for (const [accept, type, magic] of [
      ['*/*', 'image/jpeg', 'ffd8ff'],
      ['image/*', 'image/jpeg', 'ffd8ff'],
      ['image/webp,image/png;q=0.5,image/jpeg;q=0.2', 'image/png', '89504e47'],
      ['image/gif', 'image/gif', '474946383961'],
      ['text/html, image/avif, */*;q=0.1', 'image/jpeg', 'ffd8ff'],
    ] as const) {
      const answer = await rendered(ct, '', { accept });
      expect([answer.status, answer.headers['content-type']], accept).toEqual([200, type]);
      expect(answer.body.toString('hex').startsWith(magic)).toBe(true);
      expect(answer.headers['cache-control']).toBe('no-store');
    }
    // In the address, where a page can write no header.
    const named = await rendered(ct, '?accept=image/png', { accept: 'text/html' });
    expect(named.headers['content-type']).toBe('image/png');
    const gif = await sharp((await rendered(ct, '', { accept: 'image/gif' })).body).metadata();
    expect([gif.width, gif.height]).toEqual([80, 60]);
    for (const accept of ['image/webp', 'application/dicom', 'text/html']) {
      const answer = await rendered(ct, '', { accept });
      expect([answer.status, code(answer)]).toEqual([406, 'NOT_ACCEPTABLE']);
      expect(detail(answer)).toContain('image/jpeg, image/png, image/gif');
    }
  });

  test('of several frames is the one that stands for them, and says so; or all of them, in parts with their addresses', async () => {
    const one = await rendered(cine, '', { accept: 'image/png' });
    expect(one.headers.warning).toMatch(/^299 symbolon "this is frame 3 of 5; /);
    const third = await site.get(`${wado(cine)}/frames/3/rendered`, png);
    expect(third.headers.warning).toBeUndefined();
    expect(one.body.equals(third.body)).toBe(true);
    const all = partsOf(await rendered(cine, '', { accept: 'multipart/related; type="image/png"' }));
    expect(all).toHaveLength(5);
    expect(all[2]!.body.equals(third.body)).toBe(true);
    for (const [at, { headers }] of all.entries()) {
      expect(headers.get('content-type')).toBe('image/png');
      expect(headers.get('content-location')).toBe(`${site.exchange.url}${wado(cine)}/frames/${at + 1}/rendered`);
    }
    const some = await site.get(`${wado(cine)}/frames/4,2/rendered`, { accept: '*/*' });
    expect(some.headers['content-type']).toMatch(/^multipart\/related; type="image\/jpeg"; boundary=/);
    expect(partsOf(some).map(({ headers }) => headers.get('content-location')?.slice(-11))).toEqual([
      '/4/rendered',
      '/2/rendered',
    ]);
    expect((await site.get(`${wado(cine)}/frames/4,2/rendered`, png)).status).toBe(406);
    const missing = await site.get(`${wado(cine)}/frames/6/rendered`, png);
    expect([missing.status, code(missing)]).toEqual([404, 'FRAME_NOT_FOUND']);
    expect((await site.get(`${wado(cine)}/frames/0/rendered`, png)).status).toBe(400);
  });

  test('that is a video is the stream as it is stored, whole or in ranges; nothing else is made of it', async () => {
    for (const accept of ['*/*', 'video/mp4', 'video/*']) {
      const answer = await rendered(video, '', { accept });
      expect([answer.status, answer.headers['content-type']], accept).toEqual([200, 'video/mp4']);
      expect(answer.body.equals(stream)).toBe(true);
    }
    const piece = await rendered(video, '', { accept: 'video/mp4', range: 'bytes=4-7' });
    expect([piece.status, piece.body.toString('latin1')]).toEqual([206, 'ftyp']);
    expect((await rendered(video, '', { accept: 'image/jpeg' })).status).toBe(406);
    const [part] = partsOf(await rendered(video, '', { accept: 'multipart/related; type="video/mp4"' }));
    expect(part!.body.equals(stream)).toBe(true);
    const frame = await site.get(`${wado(video)}/frames/1/rendered`);
    expect([frame.status, code(frame)]).toEqual([422, 'PIXELS_NOT_RENDERABLE']);
  });

  test('that has no picture is not acceptable; one that cannot be made is told why', async () => {
    let [without, unmade] = [0, 0];
    for (const file of exotic) {
      const answer = await rendered(file);
      if (answer.status === 200) continue;
      if (answer.status === 406) without += 1;
      else {
        expect([answer.status, code(answer)], file.quirk).toEqual([422, 'PIXELS_NOT_RENDERABLE']);
        unmade += 1;
      }
      expect(detail(answer)).not.toContain(file.sopInstanceUid);
    }
    expect(without).toBeGreaterThan(0);
    expect(unmade).toBeGreaterThan(0);
  });
});

describe('viewport', () => {
  const size = async (query: string, file = ct): Promise<readonly number[]> => {
    const { width, height } = pngLevels((await rendered(file, query)).body);
    return [width, height];
  };

  test('is filled as far as the proportions allow, by less or by more than there is', async () => {
    expect(await size('?viewport=40,40')).toEqual([40, 30]);
    expect(await size('?viewport=400,30')).toEqual([40, 30]);
    expect(await size('?viewport=160,160')).toEqual([160, 120]);
    expect(jpegSize((await rendered(ct, '?viewport=40,40', { accept: 'image/jpeg' })).body)).toEqual([40, 30]);
  });

  test('shows a part of the source, pixel by pixel, and turns it over where its size is negative', async () => {
    const whole = pngLevels((await rendered(ct)).body);
    const [left, top, width, height] = [7, 11, 23, 19];
    const expected = (turn: (rows: Buffer[]) => Buffer[]): Buffer =>
      Buffer.concat(
        turn(
          Array.from({ length: height }, (_, row) => {
            const at = (top + row) * whole.width + left;
            return whole.levels.subarray(at, at + width);
          }),
        ),
      );
    const across = (rows: Buffer[]): Buffer[] => rows.map((row) => Buffer.from(row).reverse());
    for (const [part, turn] of [
      ['7,11,23,19', (rows: Buffer[]) => rows],
      ['7,11,-23,19', across],
      ['7,11,23,-19', (rows: Buffer[]) => rows.toReversed()],
      ['7,11,-23,-19', (rows: Buffer[]) => across(rows).toReversed()],
    ] as const) {
      const answer = pngLevels((await rendered(ct, `?viewport=${width},${height},${part}`)).body);
      expect(answer).toMatchObject({ width, height });
      expect(answer.levels.equals(expected(turn)), part).toBe(true);
    }
    // What is left out is the rest; fractions are rounded to the pixels that are touched.
    expect(await size('?viewport=80,60,40,30')).toEqual([80, 60]);
    expect(await size('?viewport=10,10,,,10,10')).toEqual([10, 10]);
    expect(await size('?viewport=100,100,0.5,0.5,9.2,9.2')).toEqual([100, 100]);
  });

  test.each([
    ['40', /viewport takes whole numbers from 1 to 8192/],
    ['0,40', /viewport takes whole numbers/],
    ['40,40,', undefined],
    ['-40,40', /viewport takes whole numbers/],
    ['40.5,40', /viewport takes whole numbers/],
    ['9000,40', /viewport takes whole numbers from 1 to 8192/],
    ['40,40,0,0,0,10', /are not 0/],
    ['40,40,70,0,11,10', /not inside of the picture, which has 80 columns and 60 rows/],
    ['40,40,-1,0,11,10', /not inside/],
    ['40,40,1,1,1,1,1', /at most six values/],
    ['40,40,x', /no number/],
    ['40,40,1e99,0,1,1', /not inside/],
  ])('%s is answered in words', async (viewport, what) => {
    const answer = await rendered(ct, `?viewport=${viewport}`);
    if (what === undefined) return expect(answer.status).toBe(200);
    expect([answer.status, code(answer)]).toEqual([400, 'REQUEST_INVALID']);
    expect(detail(answer)).toMatch(what);
  });
});

describe('the other parameters', () => {
  test('quality makes a JPEG larger, and is no matter of a PNG', async () => {
    const sizes = await Promise.all(
      [1, 50, 90, 100].map(async (n) => (await rendered(ct, `?quality=${n}`, { accept: 'image/jpeg' })).body.length),
    );
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
    expect(new Set(sizes).size).toBe(4);
    expect((await rendered(ct, '?quality=1')).body.equals((await rendered(ct)).body)).toBe(true);
  });

  test('window is applied by the function that is named, and is no matter of colours', async () => {
    const levels = async (query: string) => pngLevels((await rendered(ct, query)).body).levels;
    const [linear, exact, sigmoid] = await Promise.all(
      ['linear', 'linear-exact', 'sigmoid'].map((name) => levels(`?window=40,3,${name}`)),
    );
    expect([linear!.equals(exact!), exact!.equals(sigmoid!), linear!.equals(sigmoid!)]).toEqual([false, false, false]);
    expect(await rendered(rgb, '?window=40,3,linear')).toMatchObject({ body: (await rendered(rgb)).body });
  });

  const embedded = async (query: string, type: 'image/jpeg' | 'image/png'): Promise<Buffer | undefined> =>
    (await sharp((await rendered(rgb, query, { accept: type })).body).metadata()).icc;

  test('iccprofile says in which space colours are, and carries its profile; another program reads the same colours', async () => {
    const plain = pngLevels((await rendered(rgb)).body);
    for (const type of ['image/jpeg', 'image/png'] as const) {
      expect(await embedded('', type)).toBeUndefined();
      expect(await embedded('?iccprofile=no', type)).toBeUndefined();
      const [yes, srgb, adobe, romm] = await Promise.all(
        ['yes', 'srgb', 'adobergb', 'rommrgb'].map((name) => embedded(`?iccprofile=${name}`, type)),
      );
      expect(yes?.equals(srgb!)).toBe(true);
      expect(new Set([srgb, adobe, romm].map((profile) => profile?.toString('hex'))).size).toBe(3);
    }
    for (const name of ['srgb', 'adobergb', 'rommrgb']) {
      const answer = await rendered(rgb, `?iccprofile=${name}`);
      if (name !== 'srgb') expect(pngLevels(answer.body).levels.equals(plain.levels)).toBe(false);
      // Little CMS brings it back by the profile that came with it.
      const back = await sharp(answer.body).toColourspace('srgb').removeAlpha().raw().toBuffer();
      expect(back.length).toBe(plain.levels.length);
      const apart = back.reduce((sum, level, at) => sum + Math.abs(level - plain.levels[at]!), 0) / back.length;
      expect(apart, name).toBeLessThan(2);
    }
    const gif = await rendered(rgb, '?iccprofile=srgb', { accept: 'image/gif' });
    expect([gif.status, detail(gif)]).toEqual([400, expect.stringContaining('A GIF carries no colour profile')]);
    expect((await rendered(rgb, '?iccprofile=no', { accept: 'image/gif' })).status).toBe(200);
    // Grey levels are no colours of any space.
    const grey = await rendered(ct, '?iccprofile=adobergb');
    expect(grey.body.equals((await rendered(ct)).body)).toBe(true);
  });

  test('annotation writes who it is of above, and how it was made below, and nothing else changes', async () => {
    const asked = '?viewport=800,600';
    const [bare, patient, technique, both] = await Promise.all(
      ['', '&annotation=patient', '&annotation=technique', '&annotation=technique,patient'].map(
        async (more) => pngLevels((await rendered(ct, asked + more)).body).levels,
      ),
    );
    /** Rows in which two pictures differ. */
    const differing = (a: Buffer, b: Buffer): number[] =>
      Array.from({ length: 600 }, (_, row) => row).filter(
        (row) => !a.subarray(row * 800, (row + 1) * 800).equals(b.subarray(row * 800, (row + 1) * 800)),
      );
    const above = differing(bare!, patient!);
    const below = differing(bare!, technique!);
    expect(above.length).toBeGreaterThan(20);
    expect(Math.max(...above)).toBeLessThan(150);
    expect(below.length).toBeGreaterThan(20);
    expect(Math.min(...below)).toBeGreaterThan(450);
    expect(differing(bare!, both!)).toEqual([...above, ...below]);
    // Written with white.
    expect(Math.max(...patient!.subarray(0, 150 * 800))).toBe(255);
    // A picture too small for words is one all the same.
    expect((await rendered(ct, '?viewport=4,3&annotation=patient,technique')).status).toBe(200);
  });

  test('words of annotation that mean nothing are ignored, and that is said', async () => {
    const answer = await rendered(ct, '?annotation=patient,logo,%22x%0d%0a');
    expect(answer.status).toBe(200);
    expect(answer.headers.warning).toMatch(/^299 symbolon "of annotation this is not known, and was ignored: logo \?x/);
    expect(answer.body.equals((await rendered(ct, '?annotation=patient')).body)).toBe(true);
  });

  test.each([
    ['quality=0', /quality takes whole numbers from 1 to 100/],
    ['quality=101', /quality takes/],
    ['quality=x', /quality takes/],
    ['quality=50&quality=60', /quality is given twice/],
    ['window=40,400', /window has three values/],
    ['window=40,400,cubic', /linear, linear-exact, sigmoid/],
    ['window=40,400,linear,1', /window has three values/],
    ['window=40,0,linear', /selects nothing/],
    ['window=40,0.5,linear', /at least 1/],
    ['window=40,0,sigmoid', /more than 0/],
    ['window=x,400,linear', /no number/],
    ['iccprofile=cmyk', /one of no, yes, srgb, adobergb, rommrgb/],
    ['iccprofile=constructor', /one of no, yes/],
    ['window=1,2,constructor', /window has three values/],
    ['annotation=', /annotation lists one or more of patient, technique/],
    ['annotation=patient,,', /annotation lists/],
    ['annotation=%ff', /cannot be decoded/],
  ])('%s is answered in words', async (query, what) => {
    const answer = await rendered(ct, `?${query}`);
    expect([answer.status, code(answer)]).toEqual([400, 'REQUEST_INVALID']);
    expect(detail(answer)).toMatch(what);
  });

  test('parameters of other programs are no matter', async () => {
    expect((await rendered(ct, '?foo=bar&_=17&Quality=x')).body.equals((await rendered(ct)).body)).toBe(true);
  });
});

describe('a rendered study or series', () => {
  const parts = { accept: 'multipart/related; type="image/png"' };

  test('has each picture as a part with its address, in the order in which they are looked at', async () => {
    for (const path of [studyOf(ct), seriesOf(ct)]) {
      const answer = await site.get(`${path}/rendered`, parts);
      expect([answer.status, answer.headers.warning]).toEqual([200, undefined]);
      const found = partsOf(answer);
      const places = found.map(({ headers }) => headers.get('content-location'));
      expect(places).toEqual(slices.map((file) => `${site.exchange.url}${wado(file)}/frames/1/rendered`));
      for (const [at, { body }] of found.entries()) expect(body.equals((await rendered(slices[at]!)).body)).toBe(true);
    }
    const frames = partsOf(await site.get(`${studyOf(cine)}/rendered?viewport=32,32`, parts));
    expect(frames).toHaveLength(10);
    for (const { body } of frames) expect(pngLevels(body)).toMatchObject({ width: 32, height: 24 });
  });

  test('says how many instances are left out; none is acceptable where nothing is a picture, and one picture is no study', async () => {
    const study = await site.get(`${studyOf(exotic[0]!)}/rendered`, { accept: 'multipart/related; type="image/jpeg"' });
    expect(study.status).toBe(206);
    expect(study.headers.warning).toMatch(/^299 symbolon "\d+ instances cannot be shown as pictures, and left out"$/);
    const left = Number(/\d+ instances/.exec(study.headers.warning as string)![0].split(' ')[0]);
    const pictures = new Set(
      partsOf(study).map(({ headers }) => headers.get('content-location')?.split('/frames/')[0]),
    );
    expect(pictures.size + left).toBe(exotic.length);
    for (const { headers, body } of partsOf(study)) {
      if (headers.get('content-type') === 'image/jpeg') expect(body.subarray(0, 2).toString('hex')).toBe('ffd8');
      else {
        expect(headers.get('content-type')).toBe('application/problem+json');
        expect(JSON.parse(body.toString())).toMatchObject({ code: 'PIXELS_NOT_RENDERABLE', status: 422 });
      }
    }
    const without = exotic.filter((file) => /PDF|report|waveform/i.test(file.quirk));
    expect(without.length).toBeGreaterThan(0);
    for (const file of without) expect((await site.get(`${seriesOf(file)}/rendered`, parts)).status).toBe(406);
    const alone = await site.get(`${studyOf(ct)}/rendered`, png);
    expect([alone.status, detail(alone)]).toEqual([406, expect.stringContaining('multipart/related')]);
  });
});

describe('a thumbnail', () => {
  test('stands for whatever is named, no larger than asked for', async () => {
    for (const [path, picture] of [
      [studyOf(ct), slices[2]!],
      [seriesOf(ct), slices[2]!],
      [wado(ct), ct],
      [`${wado(ct)}/frames/1`, ct],
    ] as const) {
      for (const [query, viewport] of [
        ['', '192,192'],
        ['?viewport=40,50', '40,50'],
      ]) {
        const answer = await site.get(`${path}/thumbnail${query}`, png);
        expect([answer.status, answer.headers['content-type']], path).toEqual([200, 'image/png']);
        expect(answer.body.equals((await rendered(picture, `?viewport=${viewport}`)).body), path).toBe(true);
      }
      const usual = await site.get(`${path}/thumbnail`);
      expect(usual.headers['content-type']).toBe('image/jpeg');
      expect(jpegSize(usual.body)).toEqual([192, 144]);
    }
    const frame = await site.get(`${wado(cine)}/frames/2/thumbnail?viewport=64,48`, png);
    expect(frame.body.equals((await site.get(`${wado(cine)}/frames/2/rendered`, png)).body)).toBe(true);
  });

  test('asked for wrongly is answered in words', async () => {
    for (const [path, status] of [
      [`${studyOf(ct)}/thumbnail?viewport=10`, 400],
      [`${studyOf(ct)}/thumbnail?viewport=10,10,0,0,5,5`, 400],
      [`${wado(cine)}/frames/1,2/thumbnail`, 400],
      [`${wado(cine)}/frames/9/thumbnail`, 404],
      [`/dicomweb/studies/1.2.3/thumbnail`, 404],
      [`${studyOf(ct)}/series/1.2.3/thumbnail`, 404],
    ] as const)
      expect((await site.get(path)).status, path).toBe(status);
    expect(
      (await site.get(`${studyOf(ct)}/thumbnail`, { accept: 'multipart/related; type="image/jpeg"' })).status,
    ).toBe(406);
    const without = exotic.find((file) => /PDF|report|waveform/i.test(file.quirk))!;
    for (const path of [seriesOf(without), wado(without)])
      expect((await site.get(`${path}/thumbnail`)).status).toBe(406);
  });
});
