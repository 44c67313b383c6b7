import type { ImageModel } from '@symbolon/pixels';
import { expect, test } from 'vitest';
import type { Encoding, FrameJob } from './frame-job.ts';
import { isLight } from './light-frame.ts';
import { RenderPool } from './render-pool.ts';

const [rows, columns] = [512, 512];
const format = {
  transferSyntax: '1.2.840.10008.1.2.1',
  littleEndian: true,
  photometric: 'MONOCHROME2',
  ...{ rows, columns, samples: 1, planar: 0, bitsAllocated: 16, bitsStored: 16, highBit: 15, signed: true },
} as ImageModel['format'];
const model = (of: Partial<ImageModel['format']> = {}, more: Partial<ImageModel> = {}) =>
  ({ format: { ...format, ...of }, planes: [], ...more }) as ImageModel;
const encoding = (of: Partial<Encoding> = {}): Encoding => ({
  ...{ shown: { width: columns, height: rows }, format: 'jpeg', quality: 90 },
  ...of,
});
const jpeg2000 = { transferSyntax: '1.2.840.10008.1.2.4.90' };
const shutter = { shapes: [], grey: 0, colour: [0, 0, 0] } as unknown as NonNullable<ImageModel['shutter']>;
const graphics = [{ kind: 'bits' }] as unknown as NonNullable<ImageModel['planes']>;

test.each<[string, boolean, ImageModel, Encoding, boolean?]>([
  ['a CT slice', true, model(), encoding()],
  ['a PNG of it', true, model(), encoding({ format: 'png' })],
  ['a grey frame of eight bits', true, model({ bitsAllocated: 8, bitsStored: 8, highBit: 7 }), encoding()],
  ['a slice that a codec was through with before', true, model(jpeg2000), encoding(), true],
  ['a slice that a codec has to look at', false, model(jpeg2000), encoding()],
  ['a deflated slice', false, model({ transferSyntax: '1.2.840.10008.1.2.8.1' }), encoding()],
  [
    'a slice in fragments, which may be longer than it',
    false,
    model({ transferSyntax: '1.2.840.10008.1.2.1.98' }),
    encoding(),
  ],
  ['a mammogram', false, model({ rows: 2294, columns: 1914 }), encoding({ shown: { width: 100, height: 120 } })],
  ['a slice made much larger', false, model(), encoding({ shown: { width: 4096, height: 4096 } })],
  ['a GIF, whose palette is looked for', false, model(), encoding({ format: 'gif' })],
  ['letters over it', false, model(), encoding({ captions: { top: ['a'], bottom: [] } })],
  ['graphics over it', false, model({}, { planes: graphics }), encoding()],
  ['a shutter of many corners', false, model({}, { shutter }), encoding()],
  ['colours', false, model({ photometric: 'RGB', samples: 3 }), encoding()],
  ['a palette', false, model({ photometric: 'PALETTE COLOR' }), encoding()],
  ['samples of 32 bits', false, model({ bitsAllocated: 32, bitsStored: 32 }), encoding()],
  ['single bits', false, model({ bitsAllocated: 1, bitsStored: 1, highBit: 0 }), encoding()],
])('%s: made without a worker is %s', (_, light, of, as, isDecoded = false) => {
  expect(isLight(of, isDecoded, as)).toBe(light);
});

const job = (light: boolean, bytes: Uint8Array): FrameJob => ({
  source: { kind: 'encoded', frame: { bytes, bitOffset: 0, kind: 'integer', vr: 'OW' } },
  keep: true,
  isLight: light,
  picture: { format },
  transform: {
    slope: 1,
    intercept: -1024,
    windows: [{ name: '', center: 40, width: 400, shape: 'LINEAR' }],
    unit: 'HU',
  },
  look: {},
  encoding: encoding(),
});
/** Values that rise from one corner to the other, and some of a few hundred at each pixel. */
const slice = () =>
  new Uint8Array(
    Uint16Array.from({ length: rows * columns }, (_, at) => (at >> 8) + ((at * 2_654_435_761) >>> 23) - 200).buffer,
  );
const never = new AbortController().signal;

test('a picture made without a worker is byte for byte the one that a worker makes, and so is its frame', async () => {
  const pool = new RenderPool({ workers: 1 });
  try {
    const [here, there] = await Promise.all(
      [true, false].map((light) => pool.render(async () => job(light, slice()), never, 'one')),
    );
    expect(here!.picture.bytes.length).toBeGreaterThan(10_000);
    expect(Buffer.compare(here!.picture.bytes, there!.picture.bytes)).toBe(0);
    expect(here!.picture.window).toEqual(there!.picture.window);
    expect(Buffer.from(here!.decoded!.words.buffer).equals(Buffer.from(there!.decoded!.words.buffer))).toBe(true);
    // Memory that threads share is only where threads need it.
    expect([here, there].map((made) => made!.decoded!.words.buffer instanceof SharedArrayBuffer)).toEqual([
      false,
      true,
    ]);
    // It may be shown in a worker all the same, and stays where it is.
    const source = { kind: 'decoded', frame: here!.decoded! } as const;
    const again = await pool.render(async () => ({ ...job(false, slice()), source }), never, 'one');
    expect(Buffer.compare(again.picture.bytes, there!.picture.bytes)).toBe(0);
    expect(here!.decoded!.words.length).toBe(rows * columns);
  } finally {
    await pool.close();
  }
});

test('light pictures have room where codecs are stuck in all of theirs, four at a time, and count among what one waits for', async () => {
  const program = new URL('./stuck.worker.fixture.ts', import.meta.url);
  const pool = new RenderPool({ workers: 1, jobMs: 60_000, program, maxWaitingOfOne: 3 });
  const heavy = () => pool.render(async () => job(false, Uint8Array.of(0)), never, 'one').catch(() => 'ended');
  // Two have room and three wait.
  const stuck = Array.from({ length: 5 }, heavy);
  let [loaded, most] = [0, 0];
  const light = (who: string) => {
    const load = async () => {
      loaded += 1;
      most = Math.max(most, loaded);
      return job(true, slice());
    };
    return pool.render(load, never, who, true).finally(() => {
      loaded -= 1;
    });
  };
  const first = Array.from({ length: 4 }, () => light('one'));
  await expect(light('one')).rejects.toMatchObject({ code: 'RENDERING_BUSY' });
  const all = await Promise.all([...first, ...Array.from({ length: 6 }, (_, at) => light(`other ${at}`))]);
  expect(all.map(({ picture }) => picture.bytes[0])).toEqual(Array(10).fill(0xff));
  // One more may begin to load in the moment in which one is answered.
  expect(most).toBeLessThanOrEqual(5);
  await pool.close();
  expect(await Promise.all(stuck)).toEqual(Array(5).fill('ended'));
});

test('a light picture waits for no worker, and one that cannot be made is refused in the same words', async () => {
  const program = new URL('./stuck.worker.fixture.ts', import.meta.url);
  const pool = new RenderPool({ workers: 1, jobMs: 60_000, program });
  const stuck = pool.render(async () => job(false, Uint8Array.of(0)), never, 'one').catch(() => 'ended');
  const { picture } = await pool.render(async () => job(true, slice()), never, 'one');
  expect([...picture.bytes.subarray(0, 2)]).toEqual([0xff, 0xd8]);
  await expect(pool.render(async () => job(true, Uint8Array.of(1, 2)), never, 'one')).rejects.toMatchObject({
    code: 'PIXELS_NOT_RENDERABLE',
    message: 'The frame is shorter than its rows and columns.',
  });
  await pool.close();
  expect(await stuck).toBe('ended');
});
