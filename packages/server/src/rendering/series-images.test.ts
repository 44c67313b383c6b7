import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { ManifestInstance } from '../packs/index.ts';
import { memoryOf } from './image-header.ts';
import { describeImage, stretches } from './series-images.ts';

/** An element in explicit form, little endian. */
function element(tag: number, vr: string, value: string | readonly number[] | number): Buffer {
  const bytes =
    typeof value === 'string'
      ? Buffer.from(value.length % 2 === 0 ? value : `${value}${vr === 'UI' ? '\0' : ' '}`)
      : typeof value === 'number'
        ? Buffer.alloc(value)
        : Buffer.from(Uint16Array.from(value).buffer);
  const long = ['OB', 'OW'].includes(vr);
  const head = Buffer.alloc(long ? 12 : 8);
  head.writeUInt16LE(tag >>> 16, 0);
  head.writeUInt16LE(tag & 0xffff, 2);
  head.write(vr, 4, 'latin1');
  if (long) head.writeUInt32LE(bytes.length, 8);
  else head.writeUInt16LE(bytes.length, 6);
  return Buffer.concat([head, bytes]);
}

type Header = { rows?: number; columns?: number; bits?: number; aspect?: string; pixels?: number };
const native = '1.2.840.10008.1.2.1';
const deflatedFrame = '1.2.840.10008.1.2.8.1';
const deflatedWhole = '1.2.840.10008.1.2.1.99';

function open(transferSyntax: string, header: Header, left = Number.POSITIVE_INFINITY) {
  const { rows = 4, columns = 4, bits = 16, aspect = '1\\1', pixels } = header;
  const meta = Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), element(0x00020010, 'UI', transferSyntax)]);
  const body = Buffer.concat([
    element(0x00280002, 'US', [1]),
    element(0x00280004, 'CS', 'MONOCHROME2'),
    element(0x00280010, 'US', [rows]),
    element(0x00280011, 'US', [columns]),
    element(0x00280034, 'IS', aspect),
    element(0x00280100, 'US', [bits]),
    ...(pixels === undefined ? [] : [element(0x7fe00010, 'OW', pixels)]),
  ]);
  const whole = transferSyntax === deflatedWhole;
  const file = Buffer.concat([meta, whole ? deflateRawSync(body) : body]);
  const cuts = whole ? [] : [{ at: file.length, bytes: 1_000_000 }];
  const inflating = { left };
  const instance = { sopInstanceUid: '1.2.3', transferSyntax, cuts } as unknown as ManifestInstance;
  const { image, isLight } = describeImage(file, instance, 'ab', inflating);
  return { ...image, isLight, spent: left - inflating.left };
}

describe('a small file that would be an enormous picture is listed with a refusal', () => {
  test.each([
    ['once its pixels are square', deflatedFrame, { rows: 11_000, columns: 11_000, aspect: '16\\1' }],
    ['along one edge', deflatedFrame, { rows: 10, columns: 20_000 }],
    ['in bytes, by its 64 bits', deflatedFrame, { rows: 6_000, columns: 6_000, bits: 64 }],
  ])('%s', (_, syntax, header) => {
    expect(open(syntax, header)).toMatchObject({ frames: 0, refusal: expect.stringContaining('larger than can be') });
  });

  test('and one that is within all bounds is not', () => {
    expect(open(native, { rows: 100, columns: 200, aspect: '2\\1' })).toMatchObject({
      rows: 200,
      columns: 200,
      refusal: null,
    });
  });
});

describe('data sets deflated whole', () => {
  test('are described as long as bytes may be inflated, and refused after', () => {
    const fine = open(deflatedWhole, { pixels: 1_000_000 }, 2_000_000);
    expect(fine.refusal).toBeNull();
    expect(fine.spent).toBeGreaterThan(1_000_000);
    expect(open(deflatedWhole, { pixels: 1_000_000 }, 0).refusal).toContain('Too much of this series');
    expect(open(native, {}, 0).refusal).toBeNull();
  });

  test('are not inflated beyond what is left, and then nothing is', () => {
    const larger = open(deflatedWhole, { pixels: 1_000_000 }, 1_000);
    expect(larger.refusal).not.toBeNull();
    expect(larger.spent).toBe(1_000);
  });
});

test('of each image is told whether a worker is wanted for it, and of what cannot be shown none is', () => {
  expect(open(native, { rows: 512, columns: 512 }).isLight).toBe(true);
  expect(open(native, { rows: 2_048, columns: 2_048, pixels: 8_388_608 }).isLight).toBe(false);
  expect(open(deflatedFrame, { rows: 512, columns: 512 }).isLight).toBe(false);
  expect(open(deflatedWhole, { pixels: 1_000_000 }, 0).isLight).toBe(true);
});

test('long work lets others go on while it lasts', async () => {
  const pause = stretches(5);
  let others = 0;
  const timer = setInterval(() => {
    others += 1;
  }, 1);
  for (const end = performance.now() + 4_000; others < 5 && performance.now() < end; ) await pause();
  clearInterval(timer);
  expect(others).toBeGreaterThanOrEqual(5);
});

test('the memory that a frame takes grows with its bytes and with the size in which it is shown', () => {
  const format = { rows: 1_000, columns: 1_000, samples: 1, photometric: 'MONOCHROME2', bitsAllocated: 64 };
  const model = { format, colour: false } as Parameters<typeof memoryOf>[0];
  expect(memoryOf(model, { width: 1, height: 1 })).toBeGreaterThanOrEqual(16_000_000);
  expect(memoryOf(model, { width: 1_000, height: 16_000 })).toBeGreaterThanOrEqual(32_000_000);
});
