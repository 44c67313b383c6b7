import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ctStudy } from '../../packages/testbed/src/index.ts';
import { type ExoticFile, exoticFile, smallCt } from '../../packages/testbed/src/studies/exotic-file.ts';
import { dataSet, type Fragments, type Row } from '../../packages/testbed/src/writing/element.ts';
import { encapsulatedPixels } from '../../packages/testbed/src/writing/encapsulate.ts';
import { rleFrame } from '../../packages/testbed/src/writing/rle.ts';
import { explicitLittle, rleLossless } from '../../packages/testbed/src/writing/write.ts';
import { type Series, startViewer, type Viewer } from './viewer.ts';

const seed = 88;
const columns = 48;
const ct = smallCt(seed);
const pixels = ct.find(([key]) => key.startsWith('7FE0,0010'))![1] as Uint8Array;
const rle = rleFrame(pixels, columns, 2, 1);
const syntaxOf = (uid: string) => ({ ...rleLossless, uid });
const jpeg2000 = syntaxOf('1.2.840.10008.1.2.4.90');
const jpeg = syntaxOf('1.2.840.10008.1.2.4.50');

/** The head of a JPEG 2000 code stream of this size, and nothing behind it. Source: ISO/IEC 15444-1 §A.5.1. */
function jpeg2000Head(width: number, height: number, tile: number): Uint8Array {
  const siz = Buffer.alloc(45);
  siz.set([0xff, 0x4f, 0xff, 0x51]);
  siz.writeUInt16BE(41, 4);
  for (const [at, value] of [width, height, 0, 0, tile, tile, 0, 0].entries()) siz.writeUInt32BE(value, 8 + 4 * at);
  siz.writeUInt16BE(1, 40);
  siz.set([15, 1, 1], 42);
  return new Uint8Array(siz);
}

/** The same of a JPEG. Source: ISO/IEC 10918-1 §B.2.2. */
const jpegHead = (width: number, height: number): Uint8Array =>
  Uint8Array.of(0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0);

/** One segment that repeats one byte as often as 100,000 bytes can say. Source: PS3.5 Annex G. */
function rleBomb(): Uint8Array {
  const bomb = new Uint8Array(64 + 100_000).fill(0x81, 64);
  new DataView(bomb.buffer).setUint32(0, 2, true);
  new DataView(bomb.buffer).setUint32(4, 64, true);
  new DataView(bomb.buffer).setUint32(8, 66, true);
  return bomb;
}

const sized = (across: number, down: number): readonly Row[] => [
  ['0028,0010 US Rows', [down]],
  ['0028,0011 US Columns', [across]],
];
const one = (bytes: Uint8Array) => encapsulatedPixels([bytes], { table: 'empty' });
const frames = (count: number): Row => ['0028,0008 IS NumberOfFrames', String(count)];
const offsets = (values: readonly number[]): Row => [
  '7FE0,0010 OB PixelData',
  { offsets: values, fragments: [rle, rle] } satisfies Fragments,
];
const eight: readonly Row[] = [
  ['0028,0100 US BitsAllocated', [8]],
  ['0028,0101 US BitsStored', [8]],
  ['0028,0102 US HighBit', [7]],
];
const words = (values: readonly number[]) => new Uint8Array(Uint16Array.from(values).buffer);
const palette: readonly Row[] = [
  ['0028,0004 CS PhotometricInterpretation', 'PALETTE COLOR'],
  ...(['Red', 'Green', 'Blue'] as const).flatMap((colour, at): Row[] => [
    [`0028,110${at + 1} US ${colour}PaletteColorLookupTableDescriptor`, [4, 0, 16]],
    [`0028,120${at + 1} OW ${colour}PaletteColorLookupTableData`, words([0, 0x5500, 0xaa00, 0xff00])],
  ]),
];

const make = (quirk: string, more: readonly Row[], syntax = rleLossless): ExoticFile =>
  exoticFile(seed, quirk, dataSet(ct, more), { syntax });

/** What each is, and whether its list of images already says why it cannot be shown, a frame of it does, or it can. */
const hostile: readonly (readonly [ExoticFile, 'listed' | 'refused' | 'shown'])[] = [
  [
    make(
      '65535 squared in JPEG 2000',
      [...sized(65_535, 65_535), ...one(jpeg2000Head(65_535, 65_535, 65_535))],
      jpeg2000,
    ),
    'listed',
  ],
  [make('65535 squared in the stream alone', one(jpeg2000Head(65_535, 65_535, 65_535)), jpeg2000), 'refused'],
  [
    make(
      'a tile for each pixel of 11000 squared',
      [...sized(11_000, 11_000), ...one(jpeg2000Head(11_000, 11_000, 1))],
      jpeg2000,
    ),
    'refused',
  ],
  [make('65535 squared in a JPEG', [...eight, ...one(jpegHead(65_535, 65_535))], jpeg), 'refused'],
  [make('11000 squared in RLE and nothing behind', [...sized(11_000, 11_000), ...one(new Uint8Array(64))]), 'refused'],
  [make('2 to the 31 frames in one fragment', [frames(2 ** 31 - 1), ...one(rle)]), 'refused'],
  [make('2 to the 31 frames in the bytes of one', [frames(2 ** 31 - 1)], explicitLittle), 'shown'],
  [make('an RLE bomb', one(rleBomb())), 'refused'],
  [make('offsets behind the end', [frames(2), offsets([0, 4_000_000_000])]), 'refused'],
  // Two fragments of two frames: which is whose needs no table.
  [make('offsets backwards', [frames(2), offsets([rle.length + 8, 0])]), 'shown'],
  [make('offsets into the middle of a fragment', [frames(2), offsets([0, 17])]), 'refused'],
  [make('palette indices past the table', [...palette, ...one(rle)]), 'shown'],
];

let viewer: Viewer;
const studies: { readonly id: string; readonly series: readonly Series[] }[] = [];
let bad: { readonly id: string; readonly series: readonly Series[] };
beforeAll(async () => {
  viewer = await startViewer();
  for (const patient of [501, 502]) {
    const files = [...ctStudy({ seed: patient, slices: 4, rows: 96, columns: 96 })];
    expect((await viewer.store(files)).status).toBe(200);
    const id = await viewer.studyId(files[0]!.studyInstanceUid);
    studies.push({ id, series: await viewer.series(id) });
  }
  for (const [file] of hostile) expect((await viewer.store([file])).status, file.quirk).toBe(200);
  const id = await viewer.studyId(hostile[0]![0].studyInstanceUid);
  bad = { id, series: await viewer.series(id) };
});
afterAll(() => viewer?.exchange.dispose());

const memory = (): number => {
  const status = readFileSync(`/proc/${viewer.exchange.process.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024;
};

test('each named trick is a reason in words or the picture that the standard says, soon', async () => {
  for (const [at, [file, what]] of hostile.entries()) {
    const [image] = bad.series[at]!.images;
    const began = performance.now();
    const answers = await Promise.all(
      [1, 2].slice(0, Math.max(1, Math.min(2, image!.frames))).map((frame) => viewer.frame(bad.id, image!, frame)),
    );
    expect(performance.now() - began, file.quirk).toBeLessThan(15_000);
    expect(image!.refusal !== null, `${file.quirk}: ${image!.refusal}`).toBe(what === 'listed');
    const worst = Math.max(...answers.map(({ status }) => status));
    expect(
      worst,
      `${file.quirk}: ${answers.map(({ status, body }) => (status === 200 ? status : body.toString())).join()}`,
    ).toBe(what === 'shown' ? 200 : 422);
    for (const { status, body } of answers)
      if (status === 422) expect(JSON.parse(body.toString())).toMatchObject({ code: 'PIXELS_NOT_RENDERABLE' });
  }
  expect(viewer.exchange.output()).not.toMatch(/"level":50/);
});

test('of two patients looked at in turns, with damaged images between, no byte comes into the other’s picture; memory stays flat', async () => {
  const whole = async (query: string): Promise<Buffer[]> => {
    const pictures: Buffer[] = [];
    for (let slice = 0; slice < 4; slice += 1)
      for (const { id, series } of studies) {
        const spoilt = bad.series[(slice * 3 + studies.length) % hostile.length]!.images[0]!;
        const [own] = await Promise.all([
          viewer.frame(id, series[0]!.images[slice]!, 1, query),
          viewer.frame(bad.id, spoilt),
        ]);
        expect(own.status).toBe(200);
        pictures.push(own.body);
      }
    return pictures;
  };
  const first = await whole('?format=png');
  expect(new Set(first.map((picture) => picture.toString('base64'))).size).toBe(8);
  await whole('?quality=51');
  const before = memory();
  // Another quality each time: nothing that was made before is taken.
  for (let round = 0; round < 6; round += 1) await whole(`?quality=${60 + round}`);
  expect(memory() - before).toBeLessThan(128 * 1024 * 1024);
  await viewer.exchange.restart();
  const fresh = await whole('?format=png');
  for (const [at, picture] of fresh.entries()) expect(picture.equals(first[at]!)).toBe(true);
});
