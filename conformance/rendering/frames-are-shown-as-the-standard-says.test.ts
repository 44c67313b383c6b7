import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  colourStudy,
  ctStudy,
  exoticFiles,
  multiframeStudy,
  peerTest,
  type SyntheticFile,
} from '../../packages/testbed/src/index.ts';
import { expectedLevels, pydicom } from './expected-levels.ts';
import { jpegSize, pngLevels } from './png-levels.ts';
import { type Series, startViewer, type Viewer } from './viewer.ts';

type Study = { readonly files: readonly SyntheticFile[]; readonly id: string; readonly series: readonly Series[] };
let viewer: Viewer;
let ct: Study;
let moving: Study;
let colour: Study;
let exotic: Study;
beforeAll(async () => {
  viewer = await startViewer();
  const stored = async (files: readonly SyntheticFile[]): Promise<Study> => {
    await viewer.store(files);
    const id = await viewer.studyId(files[0]!.studyInstanceUid);
    return { files, id, series: await viewer.series(id) };
  };
  // Sent in no order: the list puts them in theirs.
  const slices = [...ctStudy({ seed: 31, slices: 7, rows: 60, columns: 80 })];
  ct = await stored([3, 0, 6, 1, 5, 2, 4].map((at) => slices[at]!));
  moving = await stored([...multiframeStudy({ seed: 32, frames: 5, rows: 48, columns: 64 })]);
  colour = await stored([...colourStudy({ seed: 33, rows: 40, columns: 51 })]);
  exotic = await stored(exoticFiles(34));
});
afterAll(() => viewer?.exchange.dispose());

const imagesOf = (study: Study) => study.series[0]!.images;
const framePath = (study: Study, image = imagesOf(study)[0]!, frame: number | string = 1) =>
  `/api/v1/studies/${study.id}/images/${image.id}/frames/${frame}`;

describe('the list of images', () => {
  test('has them by their place in space, with what a viewer needs and no identity', () => {
    const images = imagesOf(ct);
    expect(images.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(images[0]).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{16}$/),
      number: 1,
      frames: 1,
      rows: 60,
      columns: 80,
      colour: false,
      windows: [
        { name: 'WINDOW1', center: 40, width: 400 },
        { name: 'WINDOW2', center: -600, width: 1200 },
      ],
      unit: 'HU',
      spacing: [0.7421875, 0.7421875],
      frameMs: null,
      lossy: false,
      refusal: null,
    });
    expect(JSON.stringify(images)).not.toContain(ct.files[0]!.sopInstanceUid);
  });

  test('says how many frames an image has, and what of a study cannot be shown and why', () => {
    expect(moving.series.map(({ images }) => images[0]!.frames)).toEqual([5, 5]);
    expect(moving.series.map(({ images }) => images[0]!.frameMs)).toEqual([33.3, null]);
    const refusals = exotic.series.flatMap(({ images }) => images).filter(({ refusal }) => refusal !== null);
    expect(refusals.map(({ frames }) => frames).every((frames) => frames === 0)).toBe(true);
    expect(refusals.map(({ refusal }) => refusal)).toContain('This object holds no pixel data.');
  });

  test('is paged by its own word, and beyond its end empty', async () => {
    const { path } = ct.series[0]!;
    expect(JSON.parse((await viewer.get(`${path}/images?after=5`)).body.toString())).toEqual({
      images: imagesOf(ct).slice(5),
      next: null,
    });
    expect(JSON.parse((await viewer.get(`${path}/images?after=99`)).body.toString()).images).toEqual([]);
    expect((await viewer.get(`${path}/images?after=-1`)).status).toBe(400);
  });
});

describe('a frame as PNG is, level by level, what pydicom and the formula of PS3.3 give', () => {
  const windows = [
    ['its own window', '', 40, 400],
    ['another', '&center=-600&width=1200', -600, 1200],
    ['one of fractions', '&center=50.5&width=80.25', 50.5, 80.25],
  ] as const;
  for (const [name, query, center, width] of windows) {
    peerTest(`in ${name}`, pydicom, async () => {
      for (const [at, image] of imagesOf(ct).entries()) {
        const file = ct.files.find(({ name: fileName }) => fileName === sliceNames()[at])!;
        const answer = await viewer.frame(ct.id, image, 1, `?format=png${query}`);
        expect(answer.headers['content-type']).toBe('image/png');
        const png = pngLevels(answer.body);
        expect(png).toMatchObject({ width: 80, height: 60, channels: 1 });
        expect(png.levels.equals(expectedLevels(file.bytes, 1, center, width))).toBe(true);
      }
    });
  }
  /** The names of the slices in the order in which they lie. */
  const sliceNames = () => [...ctStudy({ seed: 31, slices: 7, rows: 60, columns: 80 })].map(({ name }) => name);

  peerTest('of every frame of a cine in colour, and of one with functional groups', pydicom, async () => {
    for (const [at, { images }] of moving.series.entries()) {
      for (let frame = 1; frame <= 5; frame += 1) {
        const answer = await viewer.frame(moving.id, images[0]!, frame, '?format=png');
        const { levels } = pngLevels(answer.body);
        expect(levels.equals(expectedLevels(moving.files[at]!.bytes, frame, 1000, 800))).toBe(true);
      }
    }
  });

  peerTest('in colours by pixel and by plane', pydicom, async () => {
    for (const [at, image] of imagesOf(colour).entries()) {
      const { levels, channels } = pngLevels((await viewer.frame(colour.id, image, 1, '?format=png')).body);
      expect(channels).toBe(3);
      expect(levels.equals(expectedLevels(colour.files[at]!.bytes))).toBe(true);
    }
  });

  peerTest('out of RLE, whatever table says where its frames are', pydicom, async () => {
    let compared = 0;
    for (const [at, { images }] of exotic.series.entries()) {
      const file = exoticFiles(34)[at]!;
      if (!/^RLE (with|colour)/.test(file.quirk)) continue;
      const [image] = images;
      const answer = await viewer.frame(exotic.id, image!, image!.frames, '?format=png');
      expect(pngLevels(answer.body).levels.equals(expectedLevels(file.bytes, image!.frames, 40, 400)), file.quirk).toBe(
        true,
      );
      compared += 1;
    }
    expect(compared).toBe(4);
  });
});

describe('how a frame is shown', () => {
  test('inverted, every level is turned round', async () => {
    const [image] = imagesOf(ct);
    const [a, b] = await Promise.all(
      ['?format=png', '?format=png&invert=true'].map(async (query) =>
        pngLevels((await viewer.frame(ct.id, image!, 1, query)).body),
      ),
    );
    expect(b!.levels.equals(Buffer.from(a!.levels.map((level) => 255 - level)))).toBe(true);
  });

  test('as JPEG by default, in the size asked for and its own proportions, never kept by a browser', async () => {
    const [image] = imagesOf(ct);
    const whole = await viewer.frame(ct.id, image!);
    expect(whole.headers).toMatchObject({ 'content-type': 'image/jpeg', 'cache-control': 'no-store' });
    expect(whole.headers['symbolon-window']).toBe('40 400');
    expect(jpegSize(whole.body)).toEqual([80, 60]);
    expect(jpegSize((await viewer.frame(ct.id, image!, 1, '?size=40')).body)).toEqual([40, 30]);
    expect(jpegSize((await viewer.frame(ct.id, image!, 1, '?size=8192')).body)).toEqual([80, 60]);
  });

  test('of better quality it is larger, and as PNG no quality is asked for', async () => {
    const [image] = imagesOf(ct);
    const sizes = await Promise.all(
      [1, 50, 90, 100].map(
        async (quality) => (await viewer.frame(ct.id, image!, 1, `?quality=${quality}`)).body.length,
      ),
    );
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
    expect(new Set(sizes).size).toBe(4);
    const usual = await viewer.frame(ct.id, image!);
    expect(usual.body.equals((await viewer.frame(ct.id, image!, 1, '?quality=90')).body)).toBe(true);
  });

  test('a part of it is, pixel by pixel, that part of the whole, in the size asked for', async () => {
    for (const [study, image, channels] of [
      [ct, imagesOf(ct)[0]!, 1],
      [colour, imagesOf(colour)[0]!, 3],
    ] as const) {
      const whole = pngLevels((await viewer.frame(study.id, image, 1, '?format=png')).body);
      const [left, top, width, height] = [7, 11, 23, 19];
      const asked = `?format=png&region=${left},${top},${width},${height}`;
      const part = pngLevels((await viewer.frame(study.id, image, 1, asked)).body);
      expect(part).toMatchObject({ width, height, channels });
      const rows = Array.from({ length: height }, (_, row) => {
        const at = ((top + row) * whole.width + left) * channels;
        return whole.levels.subarray(at, at + width * channels);
      });
      expect(part.levels.equals(Buffer.concat(rows))).toBe(true);
    }
    const [image] = imagesOf(ct);
    expect(jpegSize((await viewer.frame(ct.id, image!, 1, '?region=10,10,40,20&size=20')).body)).toEqual([20, 10]);
  });

  test('by the function that is asked for, as the formula of PS3.3 gives it', async () => {
    const [image] = imagesOf(ct);
    const levels = async (query: string) =>
      pngLevels((await viewer.frame(ct.id, image!, 1, `?format=png${query}`)).body).levels;
    // Of so narrow a window LINEAR and LINEAR_EXACT differ, and SIGMOID has no ends.
    const [usual, linear, exact, sigmoid] = await Promise.all(
      ['', '&function=linear', '&function=linear-exact', '&function=sigmoid'].map((asked) =>
        levels(`&center=40&width=3${asked}`),
      ),
    );
    expect(usual!.equals(linear!)).toBe(true);
    // One wide window tells which stored value lies behind a level: 4,096 values on 256 levels would not.
    const exactOf = (value: number) => Math.min(255, Math.max(0, Math.floor(((value - 40) / 3 + 0.5) * 255 + 0.5)));
    const linearOf = (value: number) =>
      value <= 39.5 - 1 ? 0 : value > 39.5 + 1 ? 255 : Math.floor(((value - 39.5) / 2 + 0.5) * 255 + 0.5);
    const sigmoidOf = (value: number) => Math.floor(255 / (1 + Math.exp((-4 * (value - 40)) / 3)) + 0.5);
    const values = Array.from({ length: 21 }, (_, n) => 30 + n);
    const triples = new Set(values.map((value) => `${linearOf(value)} ${exactOf(value)} ${sigmoidOf(value)}`));
    const below = `0 0 0`;
    const above = `255 255 255`;
    for (let at = 0; at < linear!.length; at += 1) {
      const seen = `${linear![at]} ${exact![at]} ${sigmoid![at]}`;
      expect(triples.has(seen) || seen === below || seen === above, seen).toBe(true);
    }
    expect(linear!.equals(exact!)).toBe(false);
    expect(exact!.equals(sigmoid!)).toBe(false);
  });

  test('a thumbnail is the middle image, at most 192 pixels; a series without pictures has none', async () => {
    const thumbnail = await viewer.get(`${ct.series[0]!.path}/thumbnail`);
    const middle = await viewer.frame(ct.id, imagesOf(ct)[3]!, 1, '?size=192');
    expect(thumbnail.headers['content-type']).toBe('image/jpeg');
    expect(thumbnail.body.equals(middle.body)).toBe(true);
    const without = exotic.series.find(({ images }) => images[0]!.refusal !== null)!;
    expect(await viewer.get(`${without.path}/thumbnail`)).toMatchObject({ status: 204, body: Buffer.alloc(0) });
  });
});

describe('who asks wrongly', () => {
  test.each([
    '?center=40',
    '?width=400',
    '?center=40&width=0',
    '?center=x&width=400',
    '?size=15',
    '?size=9000',
    '?format=bmp',
    '?invert=perhaps',
    '?quality=0',
    '?quality=101',
    '?quality=50.5',
    '?region=0,0,10',
    '?region=0,0,0,10',
    '?region=-1,0,10,10',
    '?function=cubic&center=40&width=400',
  ])('with %s is told so', async (query) => {
    expect((await viewer.frame(ct.id, imagesOf(ct)[0]!, 1, query)).status).toBe(400);
  });

  test.each([
    ['?region=0,0,10', /four whole numbers with commas between/],
    ['?region=70,0,11,10', /outside of the picture, which is 80 pixels wide and 60 high/],
    ['?region=0,60,1,1', /outside of the picture/],
    ['?quality=50&format=png', /leave it out, or ask for format=jpeg/],
    ['?function=sigmoid', /give center and width, too/],
    ['?center=40', /center and width go together/],
  ])('with %s is told what to change', async (query, what) => {
    const answer = await viewer.frame(ct.id, imagesOf(ct)[0]!, 1, query);
    expect(answer.status).toBe(400);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(JSON.parse(answer.body.toString())).toMatchObject({
      code: 'REQUEST_INVALID',
      detail: expect.stringMatching(what),
    });
  });

  test('for a frame, an image, a series or a study that is not there gets one and the same 404', async () => {
    const [image] = imagesOf(ct);
    const other = imagesOf(moving)[0]!;
    const nobody = '00000000-0000-4000-8000-000000000000';
    const wrong = [
      ...[0, 2, -1, 'x', '1.5', 99_999_999_999].map((frame) => framePath(ct, image, frame)),
      framePath(ct, { ...image!, id: '0123456789abcdef' }),
      framePath(ct, { ...image!, id: 'not-an-id' }),
      // An image of another study, by its right id.
      framePath(ct, other),
      framePath({ ...ct, id: nobody }),
      `/api/v1/studies/${ct.id}/series/${nobody}/images`,
      `${ct.series[0]!.path.replace(ct.id, moving.id)}/images`,
      `/api/v1/studies/${ct.id}/series/${nobody}/thumbnail`,
    ];
    const answers = await Promise.all(wrong.map((path) => viewer.get(path)));
    for (const [at, answer] of answers.entries()) {
      expect(answer.status, wrong[at]).toBe(404);
      expect(answer.body.equals(answers[0]!.body)).toBe(true);
    }
  });

  test('without a sign-in gets nothing, on any of the routes', async () => {
    const { path } = ct.series[0]!;
    for (const address of [`${path}/images`, `${path}/thumbnail`, framePath(ct)])
      expect((await viewer.get(address, { authorization: '' })).status).toBe(401);
    const link = '/api/v1/shared/00000000-0000-4000-8000-000000000000/study';
    const below = path.slice(path.indexOf('/series'));
    for (const address of [`${link}${below}/images`, `${link}${below}/thumbnail`])
      expect((await viewer.get(address)).status).toBe(401);
  });

  test('for what cannot be shown gets the reason in words, and no identity', async () => {
    const broken = exotic.series.filter(({ images }) => images[0]!.refusal !== null);
    expect(broken.length).toBeGreaterThan(3);
    for (const { images } of broken) {
      const answer = await viewer.frame(exotic.id, images[0]!);
      expect(answer.status).toBe(422);
      const problem = JSON.parse(answer.body.toString());
      expect(problem).toMatchObject({ code: 'PIXELS_NOT_RENDERABLE', detail: images[0]!.refusal });
    }
  });
});

describe('what is looked at', () => {
  type Row = { action: string; outcome: string; study_id: string; detail: Buffer | null };
  const records = () =>
    viewer.sql<Row>(
      "select action, outcome, study_id, detail from audit_records where action = 'study.view' order by at, ctid",
    );

  test('is on record when the picture arrives, once for who scrolls on', async () => {
    await viewer.exchange.restart();
    const detailed = async () => (await records()).filter(({ detail }) => detail !== null);
    const before = (await records()).length;
    const detailedBefore = (await detailed()).length;
    await viewer.frame(ct.id, imagesOf(ct)[0]!);
    const [opening, ...more] = (await records()).slice(before);
    expect(opening).toMatchObject({ outcome: 'success', study_id: ct.id, detail: null });
    expect(more).toEqual([]);
    for (const image of imagesOf(ct)) await viewer.frame(ct.id, image);
    expect(await records()).toHaveLength(before + 1);
    await viewer.get(`${moving.series[0]!.path}/thumbnail`);
    expect((await records()).at(-1)).toMatchObject({ study_id: moving.id });
    expect(await viewer.exchange.stop()).toBe(0);
    await viewer.exchange.restart();
    // A detail has the time of its last read: it may stand before the opening of another study.
    const details = (await detailed()).slice(detailedBefore);
    expect(details.map(({ study_id }) => study_id).sort()).toEqual([ct.id, moving.id].sort());
    // Sealed: which instances it were, nobody reads here.
    for (const { detail } of details) expect(detail?.includes(ct.files[0]!.sopInstanceUid)).toBe(false);
  });

  test('leaves nothing of whom it shows in what the exchange says', () => {
    const said = viewer.exchange.output();
    for (const { sopInstanceUid, studyInstanceUid } of ct.files)
      for (const uid of [sopInstanceUid, studyInstanceUid]) expect(said).not.toContain(uid);
  });
});

test('who hangs up a hundred times leaves a server that answers', async () => {
  const [image] = imagesOf(ct);
  const path = framePath(ct, image);
  await Promise.all(
    Array.from(
      { length: 100 },
      (_, n) =>
        new Promise<void>((done) => {
          const asked = viewer.open('GET', path, {}, (answer) =>
            answer
              .resume()
              .once('close', done)
              .on('error', () => {}),
          );
          asked.on('error', () => done());
          asked.end();
          setTimeout(() => asked.destroy(), n % 30);
        }),
    ),
  );
  expect((await viewer.frame(ct.id, image!)).status).toBe(200);
  expect(viewer.exchange.output()).not.toMatch(/"level":50/);
});
