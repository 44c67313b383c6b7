import { serialize } from 'node:v8';
import type { DataSet } from '@symbolon/dicom';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeFrame } from '../decode/decode.ts';
import { PixelsError } from '../errors.ts';
import { modelOf } from '../formats.fixture.ts';
import { pixelTags } from '../model/pixel-tags.ts';
import { framePlace, frameTable } from './frame-table.ts';

const item = (bytes: Uint8Array): Uint8Array => {
  const head = new DataView(new ArrayBuffer(8));
  head.setUint32(0, 0xe000fffe, true);
  head.setUint32(4, bytes.length, true);
  return Uint8Array.from([...new Uint8Array(head.buffer), ...bytes]);
};
const delimiter = Uint8Array.of(0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0);
const concat = (parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));
const words32 = (values: readonly number[]): Uint8Array => new Uint8Array(Uint32Array.from(values).buffer);

const noHeader: DataSet = { bytes: new Uint8Array(0), littleEndian: true, explicit: true, elements: new Map() };

function extended(offsets: readonly number[], lengths: readonly number[]): DataSet {
  const bytes = new Uint8Array(BigUint64Array.from([...offsets, ...lengths].map(BigInt)).buffer);
  const element = (tag: number, start: number, end: number) => ({
    tag,
    vr: 'OV',
    start,
    valueStart: start,
    valueEnd: end,
    end,
  });
  const middle = bytes.length / 2;
  return {
    bytes,
    littleEndian: true,
    explicit: true,
    elements: new Map([
      [pixelTags.ExtendedOffsetTable, element(pixelTags.ExtendedOffsetTable, 0, middle)],
      [pixelTags.ExtendedOffsetTableLengths, element(pixelTags.ExtendedOffsetTableLengths, middle, bytes.length)],
    ]),
  };
}

const emptyFragments = (count: number): Uint8Array => {
  const empty = item(new Uint8Array(0));
  const value = new Uint8Array(8 + count * 8);
  for (let at = 0; at < value.length; at += 8) value.set(empty, at);
  return value;
};

type Case = { readonly frames: readonly (readonly Uint8Array[])[]; readonly table: 'basic' | 'extended' | 'none' };

/** Each frame begins as a JPEG does, and no later fragment of it: what a table does not say, that does. */
const fragment = fc
  .uint8Array({ minLength: 1, maxLength: 40, max: 0xf0 })
  .map((bytes) => (bytes.length % 2 ? concat([bytes, Uint8Array.of(0)]) : bytes));
const frame = (most: number) =>
  fc
    .array(fragment, { minLength: 1, maxLength: most })
    .map((parts) => [concat([Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), parts[0]!]), ...parts.slice(1)]);
const cases: fc.Arbitrary<Case> = fc.oneof(
  fc.record({
    frames: fc.array(frame(5), { minLength: 1, maxLength: 12 }),
    table: fc.constantFrom('basic' as const, 'none' as const),
  }),
  fc.record({ frames: fc.array(frame(1), { minLength: 1, maxLength: 12 }), table: fc.constant('extended' as const) }),
);

function encapsulate({ frames, table }: Case): { value: Uint8Array; header: DataSet } {
  const joined = frames.map((parts) => concat(parts.map(item)));
  let at = 0;
  const offsets = joined.map((bytes) => {
    const start = at;
    at += bytes.length;
    return start;
  });
  const value = concat([item(table === 'basic' ? words32(offsets) : new Uint8Array(0)), ...joined, delimiter]);
  const lengths = frames.map((parts) => parts[0]!.length);
  return { value, header: table === 'extended' ? extended(offsets, lengths) : noHeader };
}

async function framesOf(value: Uint8Array, header: DataSet, frames: number, log: number[] = []): Promise<Uint8Array[]> {
  const read = async (start: number, end: number) => {
    if (start < 0 || end > value.length || end < start) throw new Error('read outside of the value');
    log.push(end - start);
    return value.subarray(start, end);
  };
  const model = modelOf({}, { frames });
  const table = await frameTable(model, header, { encapsulated: true, valueBytes: value.length }, read);
  const found: Uint8Array[] = [];
  for (let at = 0; at < table.frames; at++) {
    const { ranges } = await framePlace(table, at, read);
    found.push(concat(ranges.map(({ start, end }) => value.subarray(start, end))));
  }
  return found;
}

test('the frames of every fragmentation come out whole, by whichever table or none', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async (given) => {
      const { value, header } = encapsulate(given);
      const found = await framesOf(value, header, given.frames.length);
      expect(found.map((bytes) => Buffer.from(bytes).toString('hex'))).toEqual(
        given.frames.map((parts) => Buffer.from(concat(parts)).toString('hex')),
      );
    }),
  );
});

test('bytes flipped anywhere give frames within the value, or an error of ours', async () => {
  const flips = fc.array(fc.record({ at: fc.nat(), to: fc.nat(255) }), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(cases, flips, fc.nat(30), async (given, changes, cut) => {
      const { value, header } = encapsulate(given);
      const bent = value.slice(0, Math.max(0, value.length - cut));
      for (const { at, to } of changes) bent[at % bent.length] = to;
      try {
        await framesOf(bent, header, given.frames.length);
      } catch (error) {
        expect(error).toBeInstanceOf(PixelsError);
      }
    }),
    { numRuns: 1000 },
  );
});

describe('a hostile value', () => {
  const frames = [Uint8Array.of(0xff, 0xd8, 0xff, 1), Uint8Array.of(0xff, 0xd8, 0xff, 2)];
  const valueWith = (offsets: readonly number[]) => concat([item(words32(offsets)), ...frames.map(item), delimiter]);

  test.each([
    ['past the end', [0, 4_000_000_000]],
    ['into the middle of a fragment', [0, 9]],
    ['to the delimiter', [0, 24]],
  ])('whose offset table points %s is an error', async (_, offsets) => {
    await expect(framesOf(valueWith(offsets), noHeader, 2)).rejects.toThrow(PixelsError);
  });

  test('whose offset table runs backwards is walked instead', async () => {
    expect(await framesOf(valueWith([12, 0]), noHeader, 2)).toHaveLength(2);
  });

  test('of millions of empty fragments is refused after a bounded walk', async () => {
    await expect(framesOf(emptyFragments(1_200_000), noHeader, 3)).rejects.toMatchObject({
      code: 'PIXELS_FRAME_TABLE_INVALID',
    });
  });

  test('of one frame in more fragments than anybody reads one by one is refused', async () => {
    await expect(framesOf(emptyFragments(100_001), noHeader, 1)).rejects.toMatchObject({
      code: 'PIXELS_FRAME_TABLE_INVALID',
    });
  });

  test('that claims two thousand million frames has as many as there can be', async () => {
    const model = modelOf({ bitsAllocated: 8 }, { frames: 2 ** 31 });
    const table = await frameTable(
      model,
      noHeader,
      { encapsulated: false, valueBytes: 33 },
      async () => new Uint8Array(0),
    );
    expect(table.frames).toBe(2);
    await expect(framePlace(table, 2, async () => new Uint8Array(0))).rejects.toMatchObject({
      code: 'PIXELS_FRAME_MISSING',
    });
  });
});

test('the tiles of a slide level are found without a table, and what is kept of them is 16 bytes each', async () => {
  const frames = 150_000;
  const value = new Uint8Array(8 + frames * 12);
  const view = new DataView(value.buffer);
  view.setUint32(0, 0xe000fffe, true);
  for (let tile = 0, at = 8; tile < frames; tile++, at += 12) {
    view.setUint32(at, 0xe000fffe, true);
    view.setUint32(at + 4, 4, true);
    view.setUint32(at + 8, 0xff4fff51);
  }
  const read = async (start: number, end: number) => value.subarray(start, end);
  const pixels = { encapsulated: true, valueBytes: value.length };
  const table = await frameTable(modelOf({}, { frames }), noHeader, pixels, read);
  expect(table.frames).toBe(frames);
  const end = value.length;
  expect((await framePlace(table, frames - 1, read)).ranges).toEqual([{ start: end - 4, end }]);
  expect((await framePlace(table, 7, read)).ranges).toEqual([{ start: 8 + 7 * 12 + 8, end: 8 + 8 * 12 }]);
  expect(serialize(table).length).toBeLessThan(16 * frames + 1_000);
});

test('an offset table of millions of frames is not even read', async () => {
  const frames = 4_000_000;
  const value = new Uint8Array(8 + 4 * frames + 16 * frames);
  value.set([0xfe, 0xff, 0x00, 0xe0]);
  new DataView(value.buffer).setUint32(4, 4 * frames, true);
  let most = 0;
  const read = async (start: number, end: number) => {
    most = Math.max(most, end - start);
    return value.subarray(start, end);
  };
  const pixels = { encapsulated: true, valueBytes: value.length };
  await expect(frameTable(modelOf({}, { frames }), noHeader, pixels, read)).rejects.toThrow(PixelsError);
  expect(most).toBeLessThanOrEqual(65_536);
});

test('a video is one stream, in however many fragments, and comes out whole', async () => {
  const parts = [Uint8Array.of(0, 0, 1, 0xb3), Uint8Array.of(0xff, 0xd8, 0xff, 7), Uint8Array.of(9, 9)];
  const value = concat([item(new Uint8Array(0)), ...parts.map(item), delimiter]);
  const read = async (start: number, end: number) => value.subarray(start, end);
  const model = modelOf(
    { transferSyntax: '1.2.840.10008.1.2.4.102.1', photometric: 'YBR_PARTIAL_420' },
    { frames: 250 },
  );
  const table = await frameTable(model, noHeader, { encapsulated: true, valueBytes: value.length }, read);
  expect(table.frames).toBe(1);
  const { ranges } = await framePlace(table, 0, read);
  expect(concat(ranges.map(({ start, end }) => value.subarray(start, end)))).toEqual(concat(parts));
});

test('frames of JPEG XL are told apart by how their streams begin', async () => {
  const bare = Uint8Array.of(0xff, 0x0a, 1, 2);
  const boxed = Uint8Array.of(0, 0, 0, 12, 0x4a, 0x58, 0x4c, 0x20);
  const value = concat([new Uint8Array(0), bare, Uint8Array.of(5, 6, 7, 8), boxed].map(item));
  const read = async (start: number, end: number) => value.subarray(start, end);
  const model = modelOf({ transferSyntax: '1.2.840.10008.1.2.4.110' }, { frames: 2 });
  const table = await frameTable(model, noHeader, { encapsulated: true, valueBytes: value.length }, read);
  expect([(await framePlace(table, 0, read)).bytes, (await framePlace(table, 1, read)).bytes]).toEqual([8, 8]);
});

test('a frame of a large object costs its own bytes and the table, not the object', async () => {
  const large = Array.from({ length: 40 }, () => [new Uint8Array(200_000)]);
  const { value } = encapsulate({ frames: large, table: 'basic' });
  const log: number[] = [];
  const read = async (start: number, end: number) => {
    log.push(end - start);
    return value.subarray(start, end);
  };
  const table = await frameTable(
    modelOf({}, { frames: 40 }),
    noHeader,
    { encapsulated: true, valueBytes: value.length },
    read,
  );
  const { ranges, bytes } = await framePlace(table, 20, read);
  expect(bytes).toBe(200_000);
  expect(ranges).toHaveLength(1);
  expect(log.reduce((sum, count) => sum + count, 0)).toBeLessThan(100_000);
});

describe.each(['YBR_FULL_422', 'YBR_PARTIAL_422'] as const)('frames said to be %s', (photometric) => {
  const [frames, rows] = [3, 3];
  /** What is decoded of a value of so many bytes a frame, and one more where those make an odd number. */
  async function decodedOf(frameBytes: number, columns: number, planar: 0 | 1 = 0) {
    const value = Uint8Array.from({ length: Math.ceil((frames * frameBytes) / 2) * 2 }, (_, at) => at % 251);
    const shape = { bitsAllocated: 8, bitsStored: 8, highBit: 7, samples: 3 } as const;
    const model = modelOf({ ...shape, photometric, rows, columns, planar }, { frames });
    const read = async (start: number, end: number) => value.slice(start, end);
    const table = await frameTable(model, noHeader, { encapsulated: false, valueBytes: value.length }, read);
    const decoded = [];
    for (let at = 0; at < table.frames; at++) {
      const { ranges, bitOffset } = await framePlace(table, at, read);
      const bytes = await read(ranges[0]!.start, ranges[0]!.end);
      decoded.push(await decodeFrame(model.format, { bytes, bitOffset, kind: 'integer', vr: 'OB' }));
    }
    return { value, decoded };
  }
  const space = photometric === 'YBR_FULL_422' ? 'ybr-full' : 'ybr-partial';

  test.each([0, 1] as const)(
    'and have three bytes for each pixel have chroma of their own (planar %i)',
    async (planar) => {
      const { value, decoded } = await decodedOf(27, 3, planar);
      expect(decoded.map((one) => [one.space, one.planar])).toEqual(new Array(3).fill([space, planar]));
      expect(decoded.map(({ words }) => [...words])).toEqual(
        [0, 27, 54].map((from) => [...value.subarray(from, from + 27)]),
      );
    },
  );

  test('and have two bytes for each pixel share it', async () => {
    const { value, decoded } = await decodedOf(24, 4);
    expect(decoded.map((one) => one.space)).toEqual(new Array(3).fill(`${space}-422`));
    expect(decoded.map(({ words }) => [...words])).toEqual(
      [0, 24, 48].map((from) => [...value.subarray(from, from + 24)]),
    );
  });
});
