import { expect } from 'vitest';
import type { SyntheticFile } from '../../../packages/testbed/src/index.ts';
import type { Answer } from '../dicomweb-client.ts';
import { type Check, type Clause, check } from './check.ts';
import { chunksOf, furthest, greys, pictureOf } from './pictures.ts';
import type { Root } from './root.ts';
import { frameBytesOf, instanceOf, pixelsOf } from './sent.ts';

const rendered = (root: Root, file: SyntheticFile, query = '', accept = 'image/png'): Promise<Answer> =>
  root.ask(`${instanceOf(file)}/rendered${query === '' ? '' : `?${query}`}`, accept);

const refused = (query: string, why: string): Check =>
  check(`${why} is 400: ${query}`, async (root, { ct }) => {
    expect((await rendered(root, ct[0]!, query)).status).toBe(400);
  });

/** Modality values of the slice: its rescale intercept is -1024, its slope 1. */
const units = (file: SyntheticFile): number[] => {
  const stored = pixelsOf(file, frameBytesOf.ct);
  return Array.from({ length: stored.length / 2 }, (_, at) => stored.readUInt16LE(at * 2) - 1024);
};
const clamped = (level: number): number => Math.max(0, Math.min(255, level));

/** PS3.3 §C.11.2.1.2.1, §C.11.2.1.3.2 and §C.11.2.1.3.1, onto 0 to 255. */
const shapes = {
  linear: (x: number, c: number, w: number) => clamped(((x - (c - 0.5)) / (w - 1) + 0.5) * 255),
  'linear-exact': (x: number, c: number, w: number) => clamped(((x - c) / w + 0.5) * 255),
  sigmoid: (x: number, c: number, w: number) => 255 / (1 + Math.exp((-4 * (x - c)) / w)),
} as const;

const windowed = (name: keyof typeof shapes): Check =>
  check(
    `window=center,width,${name} shows the levels of PS3.3 §C.11.2.1, to within two of 255`,
    async (root, { ct }) => {
      const [center, width] = [100, 900];
      const { levels } = greys(await rendered(root, ct[0]!, `window=${center},${width},${name}`));
      const wanted = units(ct[0]!).map((unit) => shapes[name](unit, center, width));
      expect(furthest(levels, wanted)).toBeLessThanOrEqual(2);
    },
  );

/** Where a picture is written upon there must be room for it. */
const room = 'viewport=480,400';
const annotated = (words: string): Check =>
  check(`annotation=${words} writes upon the picture`, async (root, { ct }) => {
    const bare = greys(await rendered(root, ct[0]!, room));
    const written = greys(await rendered(root, ct[0]!, `${room}&annotation=${words}`));
    expect(written.levels).not.toEqual(bare.levels);
  });

const profiled = (space: string): Check =>
  check(`iccprofile=${space} puts a profile into a PNG (iCCP) and a JPEG (APP2)`, async (root, { colour }) => {
    const png = pictureOf(await rendered(root, colour[0]!, `iccprofile=${space}`));
    expect(chunksOf(png.bytes)).toContain('iCCP');
    const jpeg = pictureOf(await rendered(root, colour[0]!, `iccprofile=${space}`, 'image/jpeg'));
    expect(jpeg.bytes.includes('ICC_PROFILE\0')).toBe(true);
  });

export const rendering: Clause = {
  clause: '8.3.5',
  title: 'Parameters of rendered resources',
  checks: [
    check('without viewport a picture has as many pixels as its image', async (root, { ct }) => {
      const { width, height } = pictureOf(await rendered(root, ct[0]!));
      expect([width, height]).toEqual([24, 20]);
    }),
    check('viewport makes it as large as fits, and does not distort it', async (root, { ct }) => {
      const tall = pictureOf(await rendered(root, ct[0]!, 'viewport=48,100'));
      expect(tall.width).toBe(48);
      // Bars beside the content are content for some.
      expect([40, 100]).toContain(tall.height);
      const small = pictureOf(await rendered(root, ct[0]!, 'viewport=100,10'));
      expect(small.height).toBe(10);
      expect([12, 100]).toContain(small.width);
    }),
    check('viewport=vw,vh,sx,sy,sw,sh shows that region, pixel by pixel', async (root, { ct }) => {
      const all = greys(await rendered(root, ct[0]!));
      const part = greys(await rendered(root, ct[0]!, 'viewport=8,8,4,6,8,8'));
      expect([part.width, part.height]).toEqual([8, 8]);
      const wanted = Array.from({ length: 64 }, (_, at) => all.levels[(6 + Math.floor(at / 8)) * 24 + 4 + (at % 8)]);
      expect(part.levels).toEqual(wanted);
    }),
    check('values in the middle of viewport that are left out have their defaults', async (root, { ct }) => {
      const short = await rendered(root, ct[0]!, 'viewport=24,20,,,12,10');
      const long = await rendered(root, ct[0]!, 'viewport=24,20,0,0,12,10');
      expect(greys(short)).toEqual(greys(long));
    }),
    check('the last values of viewport can be left out', async (root, { ct }) => {
      const corner = greys(await rendered(root, ct[0]!, 'viewport=12,10,12,10'));
      const all = greys(await rendered(root, ct[0]!));
      expect(corner.levels).toEqual(
        Array.from({ length: 120 }, (_, at) => all.levels[(10 + Math.floor(at / 12)) * 24 + 12 + (at % 12)]),
      );
    }),
    check('a negative sw turns the image from left to right', async (root, { ct }) => {
      const all = greys(await rendered(root, ct[0]!));
      const turned = greys(await rendered(root, ct[0]!, 'viewport=24,20,,,-24,20'));
      expect(turned.levels).toEqual(all.levels.map((_, at) => all.levels[at - (at % 24) + 23 - (at % 24)]));
    }),
    check('a negative sh turns the image upside down', async (root, { ct }) => {
      const all = greys(await rendered(root, ct[0]!));
      const turned = greys(await rendered(root, ct[0]!, 'viewport=24,20,,,24,-20'));
      expect(turned.levels).toEqual(all.levels.map((_, at) => all.levels[(19 - Math.floor(at / 24)) * 24 + (at % 24)]));
    }),
    refused('viewport=a,b', 'a viewport of no numbers'),
    refused('viewport=12', 'a viewport of one value'),
    refused('viewport=-12,10', 'a viewport of a negative size'),
    refused('viewport=12.5,10', 'a viewport of half pixels'),
    refused('viewport=12,10,x,0', 'a region of no numbers'),

    windowed('linear'),
    windowed('linear-exact'),
    windowed('sigmoid'),
    refused('window=40,400', 'a window without its function'),
    refused('window=40,400,cubic', 'a function of another name'),
    refused('window=x,400,linear', 'a center that is no number'),
    refused('window=,400,linear', 'a center that is missing'),

    check('quality=10 is smaller than quality=95, and both are JPEG', async (root, { cine }) => {
      const [low, high] = await Promise.all(
        [10, 95].map(async (quality) =>
          pictureOf(await root.ask(`${instanceOf(cine)}/frames/1/rendered?quality=${quality}`, 'image/jpeg')),
        ),
      );
      expect([low!.kind, high!.kind]).toEqual(['jpeg', 'jpeg']);
      expect(low!.bytes.length).toBeLessThan(high!.bytes.length);
    }),
    refused('quality=0', 'a quality of 0'),
    refused('quality=101', 'a quality of 101'),
    refused('quality=5.5', 'a quality that is no integer'),
    refused('quality=', 'a quality without a value'),

    annotated('patient'),
    annotated('technique'),
    annotated('patient,technique'),
    check('an annotation of another word is ignored, and a Warning says so', async (root, { ct }) => {
      const answer = await rendered(root, ct[0]!, 'annotation=dosage');
      expect(greys(answer)).toEqual(greys(await rendered(root, ct[0]!)));
      expect(answer.headers.warning).toMatch(/^299 .*dosage/);
    }),
    refused('annotation=', 'an annotation of no word'),

    check('iccprofile=no leaves a picture without profile', async (root, { colour }) => {
      expect(chunksOf(pictureOf(await rendered(root, colour[0]!, 'iccprofile=no')).bytes)).not.toContain('iCCP');
    }),
    profiled('yes'),
    profiled('srgb'),
    profiled('adobergb'),
    profiled('rommrgb'),
    check('iccprofile=adobergb gives the colours other numbers than iccprofile=srgb', async (root, { colour }) => {
      const [one, other] = await Promise.all(
        ['srgb', 'adobergb'].map(async (space) => greys(await rendered(root, colour[0]!, `iccprofile=${space}`))),
      );
      expect(one!.levels).not.toEqual(other!.levels);
    }),
    check('a profile in a GIF, which can hold none, is 400', async (root, { colour }) => {
      expect((await rendered(root, colour[0]!, 'iccprofile=srgb', 'image/gif')).status).toBe(400);
    }),
    check('parameters that nobody knows are ignored', async (root, { ct }) => {
      const answer = await rendered(root, ct[0]!, 'colour=blue&viewport=24,20');
      expect(greys(answer)).toEqual(greys(await rendered(root, ct[0]!)));
    }),
  ],
};
