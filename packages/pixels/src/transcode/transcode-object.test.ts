import { deflateRawSync } from 'node:zlib';
import { type DicomFile, type DicomJson, number, parseFile, tags, text, toDicomJson, writeFile } from '@symbolon/dicom';
import { describe, expect, test } from 'vitest';
import { PixelsError } from '../errors.ts';
import { greyFormat } from '../formats.fixture.ts';
import { openFile, storedValues } from '../open-file.fixture.ts';
import { type TranscodingTarget, transcodingTargets } from './targets.ts';
import { roomFor, transcodeObject } from './transcode-object.ts';
import { parsing, sourceOf, transcoded } from './transcoded.fixture.ts';

const targets = Object.keys(transcodingTargets) as TranscodingTarget[];
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

type Shape = {
  rows: number;
  columns: number;
  frames: number;
  bits: 1 | 8 | 12 | 16;
  samples: 1 | 3;
  planar?: 0 | 1;
  pixels?: Uint8Array;
};

/** An object with an icon of its own, a private element, text in Latin-1 and something behind its pixel data. */
function objectOf({ rows, columns, frames, bits, samples, planar, pixels }: Shape, more: DicomJson = {}): DicomJson {
  const bytes =
    pixels ?? new Uint8Array(Math.ceil((rows * columns * samples * bits * frames) / 8)).map((_, at) => (at * 7) >> 2);
  const image = (tag: string, value: number | string, vr = 'US') => ({ [tag]: { vr, Value: [value] } });
  const layout = (columnsHere: number, bitsHere: number, photometric: string) => ({
    ...image('00280002', photometric === 'RGB' ? 3 : 1),
    ...image('00280004', photometric, 'CS'),
    ...image('00280010', rows),
    ...image('00280011', columnsHere),
    ...image('00280100', bitsHere),
    ...image('00280101', bitsHere),
    ...image('00280102', bitsHere - 1),
    ...image('00280103', 0),
  });
  return {
    ...image('00080005', 'ISO_IR 100', 'CS'),
    ...image('00080016', '1.2.840.10008.5.1.4.1.1.7.4', 'UI'),
    ...image('00080018', '1.2.3.4.5', 'UI'),
    '00081140': { vr: 'SQ', Value: [{ ...image('00081150', '1.2.3', 'UI') }, {}] },
    '00091001': { vr: 'UN', InlineBinary: 'AQIDBA==' },
    '00090010': { vr: 'LO', Value: ['A MAKER'] },
    '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Müller^Änne' }] },
    '00189313': { vr: 'FD', Value: [1.5, -2.25, 1e300] },
    ...layout(columns, bits, samples === 3 ? 'RGB' : 'MONOCHROME2'),
    ...(samples === 3 ? image('00280006', planar ?? 0) : {}),
    ...image('00280008', String(frames), 'IS'),
    ...image('00282110', '01', 'CS'),
    '00880200': {
      vr: 'SQ',
      Value: [
        { ...layout(2, 8, 'MONOCHROME2'), '7FE00010': { vr: 'OB', InlineBinary: base64(new Uint8Array(2 * rows)) } },
      ],
    },
    '7FE00010': { vr: bits > 8 ? 'OW' : 'OB', InlineBinary: base64(bytes) },
    FFFCFFFC: { vr: 'OB', InlineBinary: 'AAAA' },
    ...more,
  };
}

const deflateRaw = (bytes: Uint8Array) => new Uint8Array(deflateRawSync(bytes));
const fileOf = (json: DicomJson, transferSyntax = '1.2.840.10008.1.2.1'): Uint8Array =>
  writeFile(json, { transferSyntax, deflateRaw });

/** Of each top-level element all its bytes, the pixel data apart. */
function elementsOf({ meta, dataset }: DicomFile): Map<number, string> {
  const found = new Map<number, string>();
  for (const ds of [meta, dataset])
    for (const { tag, start, end } of ds.elements.values())
      if (tag !== tags.PixelData) found.set(tag, base64(ds.bytes.subarray(start, end)));
  return found;
}

/** Group length and transfer syntax always; and these. */
function changed(before: Uint8Array, after: Uint8Array): string[] {
  const [one, other] = [elementsOf(parseFile(before, parsing)), elementsOf(parseFile(after, parsing))];
  return [...new Set([...one.keys(), ...other.keys()])]
    .filter((tag) => one.get(tag) !== other.get(tag) && tag !== 0x00020000 && tag !== tags.TransferSyntaxUID)
    .map((tag) => tag.toString(16).padStart(8, '0'));
}

const grey: Shape = { rows: 9, columns: 7, frames: 3, bits: 16, samples: 1 };
const colour: Shape = { rows: 6, columns: 5, frames: 2, bits: 8, samples: 3 };

const iconShape: Shape = { rows: 5, columns: 3, frames: 1, bits: 8, samples: 3 };
const iconPixels = Uint8Array.from([...new Uint8Array(45).map((_, at) => at * 5), 0]);

/** An object whose icon is in fragments as its frames are: what the same pixels became as an object of their own. */
async function withIcon(
  syntax: 'rle' | 'jpeg-ls',
  bent = (stream: Uint8Array) => stream as Uint8Array,
): Promise<Uint8Array> {
  const one = objectOf({ ...iconShape, pixels: iconPixels.subarray(0, 45) });
  const [, fragment] = parseFile(await transcoded(sourceOf(fileOf(one)), syntax)).pixelElements[0]!.fragments!;
  const icon = parseFile(await transcoded(sourceOf(fileOf(one)), syntax)).bytes;
  const frames = parseFile(await transcoded(sourceOf(fileOf(objectOf(grey))), syntax));
  const [, ...streams] = frames.pixelElements[0]!.fragments!;
  const pixel = Object.entries(one).filter(([tag]) => tag.startsWith('0028') && tag < '00280104' && tag !== '00280008');
  const json = {
    ...objectOf(grey),
    '00880200': { vr: 'SQ', Value: [{ ...Object.fromEntries(pixel), '7FE00010': { vr: 'OB', BulkDataURI: 'icon' } }] },
    '7FE00010': { vr: 'OB', BulkDataURI: 'pixels' },
  };
  const views = streams.map(({ valueStart, valueEnd }) => frames.bytes.subarray(valueStart, valueEnd));
  return writeFile(json, {
    transferSyntax: transcodingTargets[syntax],
    bulkData: (uri) => [
      new Uint8Array(0),
      ...(uri === 'icon' ? [bent(icon.subarray(fragment!.valueStart, fragment!.valueEnd))] : views),
    ],
  });
}

describe.each(targets)('into %s', (target) => {
  const elsewhere = target === 'explicit' ? '1.2.840.10008.1.2.1.99' : '1.2.840.10008.1.2.1';

  test('nothing changes of an explicit header but what the pixels ask for', async () => {
    for (const [shape, expected] of [
      [grey, []],
      [colour, /2/.test(target) ? ['00280004'] : []],
      [
        { ...colour, planar: 1 },
        target === 'explicit' || target === 'rle' ? [] : /2/.test(target) ? ['00280004', '00280006'] : ['00280006'],
      ],
    ] as const) {
      const before = fileOf(objectOf(shape as Shape), elsewhere);
      expect(changed(before, await transcoded(sourceOf(before), target))).toEqual(expected);
    }
  });

  test.each(['1.2.840.10008.1.2', '1.2.840.10008.1.2.2', '1.2.840.10008.1.2.1.99'])(
    'what was %s has the same values, and its text the same bytes',
    async (syntax) => {
      const before = fileOf(objectOf(grey), syntax);
      const after = await transcoded(sourceOf(before), target);
      const [one, other] = [parseFile(before, parsing), parseFile(after, parsing)];
      expect(other.transferSyntax).toBe(transcodingTargets[target]);
      const values = ({ dataset }: DicomFile) => toDicomJson(dataset, { omit: (tag) => tag === tags.PixelData });
      expect(values(other)).toEqual(values(one));
      expect(text(other.dataset, tags.PatientName)).toBe('Müller^Änne');
      expect((await (await openFile(after)).frame(2)).words).toEqual((await (await openFile(before)).frame(2)).words);
    },
  );

  test('an extended offset table and a group length go with the fragments that they counted, and the native icon stays', async () => {
    const from = target === 'rle' ? 'jpeg-ls' : 'rle';
    const source = parseFile(await transcoded(sourceOf(fileOf(objectOf(grey))), from));
    const [, ...fragments] = source.pixelElements[0]!.fragments!;
    const streams = fragments.map(({ valueStart, valueEnd }) => source.bytes.slice(valueStart, valueEnd));
    const table = (numbers: number[]) => ({
      vr: 'OV',
      InlineBinary: base64(new Uint8Array(BigUint64Array.from(numbers, BigInt).buffer)),
    });
    const tabled = writeFile(
      {
        ...objectOf(grey),
        '7FE00001': table(fragments.map(({ start }) => start - fragments[0]!.start)),
        '7FE00002': table(streams.map(({ length }) => length)),
        '7FE00010': { vr: 'OB', BulkDataURI: 'pixels' },
      },
      { transferSyntax: transcodingTargets[from], bulkData: () => [new Uint8Array(0), ...streams] },
    );
    const at = parseFile(tabled).dataset.elements.get(0x7fe00001)!.start;
    const length = Uint8Array.of(0xe0, 0x7f, 0, 0, 0x55, 0x4c, 4, 0, 99, 0, 0, 0);
    const before = new Uint8Array(Buffer.concat([tabled.subarray(0, at), length, tabled.subarray(at)]));
    const after = await transcoded(sourceOf(before), target);
    expect(changed(before, after).sort()).toEqual(['7fe00000', '7fe00001', '7fe00002']);
    for (const tag of [0x7fe00000, 0x7fe00001, 0x7fe00002])
      expect(parseFile(after).dataset.elements.has(tag)).toBe(false);
    const native = await openFile(fileOf(objectOf(grey)));
    for (const frame of [0, 1, 2])
      expect((await (await openFile(after)).frame(frame)).words).toEqual((await native.frame(frame)).words);
  });

  test('an icon in fragments becomes native, and has the pixels that it had', async () => {
    const from = target === 'rle' ? 'jpeg-ls' : 'rle';
    const after = parseFile(await transcoded(sourceOf(await withIcon(from)), target));
    const icon = after.dataset.elements.get(0x00880200)!.items![0]!;
    const { fragments, valueStart, valueEnd } = icon.elements.get(tags.PixelData)!;
    expect(fragments).toBeUndefined();
    expect([...icon.bytes.subarray(valueStart, valueEnd)]).toEqual([...iconPixels]);
    expect(text(icon, tags.PhotometricInterpretation)).toBe('RGB');
  });

  test('an icon in fragments that cannot be decoded is refused, and says so', async () => {
    const from = target === 'rle' ? 'jpeg-ls' : 'rle';
    const broken = sourceOf(await withIcon(from, (stream) => stream.subarray(0, 20)));
    await expect(transcoded(broken, target)).rejects.toMatchObject({
      code: 'PIXELS_NOT_REPRESENTABLE',
      message: expect.stringContaining('icon'),
    });
    expect(base64(await transcoded(broken, from))).toBe(
      base64(await withIcon(from, (stream) => stream.subarray(0, 20))),
    );
  });
});

test('what is in that syntax already comes as it is, to the last byte', async () => {
  const native = fileOf(objectOf(grey));
  expect(base64(await transcoded(sourceOf(native), 'explicit'))).toBe(base64(native));
  const rle = await transcoded(sourceOf(native), 'rle');
  expect(base64(await transcoded(sourceOf(rle), 'rle'))).toBe(base64(rle));
});

test('what holds no picture, or two kinds of one, comes as it is where it is in that syntax already', async () => {
  const { '7FE00010': _, ...report } = objectOf(grey);
  const two = objectOf(grey, { '7FE00008': { vr: 'OF', InlineBinary: 'AAAAAA==' } });
  for (const json of [report, two]) {
    const native = fileOf(json);
    expect(base64(await transcoded(sourceOf(native), 'explicit'))).toBe(base64(native));
  }
});

test.each(['1.2.840.10008.1.2', '1.2.840.10008.1.2.2', '1.2.840.10008.1.2.1.99', '1.2.840.10008.1.2.5'])(
  'an object without pixel data in %s has the same values in explicit VR little endian',
  async (syntax) => {
    const { '7FE00010': _, ...report } = objectOf(grey);
    const before = fileOf(report, syntax);
    const after = parseFile(await transcoded(sourceOf(before), 'explicit'));
    expect(after.transferSyntax).toBe('1.2.840.10008.1.2.1');
    expect(toDicomJson(after.dataset)).toEqual(toDicomJson(parseFile(before, parsing).dataset));
  },
);

test.each([
  ['TIFF, little endian', [0x49, 0x49, 0x2a, 0], true],
  ['TIFF, big endian', [0x4d, 0x4d, 0, 0x2a], true],
  ['BigTIFF, little endian', [0x49, 0x49, 0x2b, 0], true],
  ['BigTIFF, big endian', [0x4d, 0x4d, 0, 0x2b], true],
  ['something else', [0x4d, 0x4d, 1, 2], false],
] as const)('a preamble of %s goes with a copy, and elsewhere (%j) is zeroed: %s', async (_, mark, zeroed) => {
  const before = fileOf(objectOf(grey));
  before.set([...mark, 8, 0, 0, 0], 0);
  const preamble = (bytes: Uint8Array) => bytes.subarray(0, 128);
  const kept = [...preamble(before)];
  expect([...preamble(await transcoded(sourceOf(before), 'rle'))]).toEqual(zeroed ? kept.map(() => 0) : kept);
  expect([...preamble(await transcoded(sourceOf(before), 'explicit'))]).toEqual(kept);
  const { '7FE00010': __, ...json } = objectOf(grey);
  const report = fileOf(json, '1.2.840.10008.1.2');
  report.set([...mark, 8, 0, 0, 0], 0);
  expect([...preamble(await transcoded(sourceOf(report), 'explicit'))]).toEqual(zeroed ? kept.map(() => 0) : kept);
});

test('no room is left for the table of more frames than a reader would look at', () => {
  const byte = { ...greyFormat, rows: 1, columns: 1, bitsAllocated: 8 as const };
  expect(roomFor(1_000_000, byte)).toBe(true);
  expect(roomFor(1_000_001, byte)).toBe(false);
  expect(roomFor(20_000, { ...byte, rows: 512, columns: 512 })).toBe(false);
});

test('text that its character set cannot say stays byte for byte where the header is written anew', async () => {
  const before = fileOf(objectOf(grey), '1.2.840.10008.1.2');
  const at = Buffer.from(before).indexOf('M\xfcller', 'latin1');
  before[Buffer.from(before).indexOf('ISO_IR 100') + 9] = 0x36;
  const after = await transcoded(sourceOf(before), 'rle');
  expect(Buffer.from(after).includes(Buffer.from(before.subarray(at, at + 12)))).toBe(true);
});

test('a chain through every target ends in the same pixel bytes', async () => {
  for (const shape of [grey, colour]) {
    const native = fileOf(objectOf(shape));
    let bytes = native;
    for (const target of ['rle', 'jpeg-ls', 'jpeg-2000', 'htj2k', 'htj2k-rpcl', 'explicit'] as const)
      bytes = await transcoded(sourceOf(bytes), target);
    expect(base64(bytes)).toBe(base64(native));
  }
});

describe('words of 12 bits side by side, as ACR-NEMA had them', () => {
  // Three frames of three words: the second begins within a byte.
  const values = [0x001, 0xabc, 0x7ff, 0x800, 0xfff, 0x123, 0x456, 0, 0x9a9];
  const pixels = new Uint8Array(14);
  for (const [at, value] of values.entries())
    for (let bit = 0; bit < 12; bit++)
      if (value & (1 << bit)) pixels[(12 * at + bit) >> 3]! |= 1 << ((12 * at + bit) & 7);
  const shape: Shape = { rows: 1, columns: 3, frames: 3, bits: 12, samples: 1, pixels };

  test.each(targets)('become words of 16 in %s, and the header says so', async (target) => {
    for (const signed of [0, 1]) {
      const json = objectOf(shape, { '00280103': { vr: 'US', Value: [signed] } });
      const after = await transcoded(sourceOf(fileOf(json, '1.2.840.10008.1.2')), target);
      const { dataset } = parseFile(after);
      const bits = [tags.BitsAllocated, tags.BitsStored, tags.HighBit].map((tag) => number(dataset, tag));
      expect(bits).toEqual([16, 12, 11]);
      const file = await openFile(after);
      const found = [];
      for (let at = 0; at < 3; at++) found.push(...storedValues(await file.frame(at)));
      expect(found).toEqual(signed ? values.map((value) => (value > 0x7ff ? value - 0x1000 : value)) : values);
    }
  });
});

test('single bits go on in the middle of a byte where the frame before ended there', async () => {
  const pixels = Uint8Array.of(0xb5, 0x6c, 0x93, 0x01);
  const before = fileOf(objectOf({ rows: 3, columns: 3, frames: 3, bits: 1, samples: 1, pixels }), '1.2.840.10008.1.2');
  const after = parseFile(await transcoded(sourceOf(before), 'explicit'));
  const { valueStart, valueEnd } = after.pixelElements[0]!;
  expect([...after.bytes.subarray(valueStart, valueEnd)]).toEqual([...pixels]);
});

test('the offset table leads to each frame, or is empty for a receiver that cannot go back', async () => {
  const source = sourceOf(fileOf(objectOf(grey)));
  const element = (bytes: Uint8Array) => parseFile(bytes).pixelElements[0]!;
  const later = await transcoded(source, 'rle', { offsetTable: 'later' });
  const [table, ...fragments] = element(later).fragments!;
  const offsets = new Uint32Array(later.slice(table!.valueStart, table!.valueEnd).buffer);
  expect([...offsets]).toEqual(fragments.map(({ start }) => start - fragments[0]!.start));
  const empty = await transcoded(source, 'rle', { offsetTable: 'empty' });
  expect(empty).toHaveLength(later.length - 12);
  expect(element(empty).fragments).toHaveLength(4);
});

test('a large object is read a frame at a time, and given out before the next is read', async () => {
  const shape: Shape = { rows: 256, columns: 256, frames: 20, bits: 16, samples: 1 };
  const source = sourceOf(fileOf(objectOf(shape)));
  let [held, most] = [0, 0];
  const readImage = async (start: number, end: number) => {
    held += end - start;
    most = Math.max(most, held);
    return source.readImage(start, end);
  };
  for await (const piece of transcodeObject({ ...source, readImage }, 'rle')) if (piece.length > 1000) held = 0;
  expect(most).toBeLessThan(2 * 256 * 256 * 2);
});

test('a frame of more bytes than there may be is not read', async () => {
  const source = sourceOf(fileOf(objectOf({ rows: 64, columns: 64, frames: 2, bits: 16, samples: 1 })));
  const longest: number[] = [];
  const readImage = (start: number, end: number): Promise<Uint8Array> => {
    longest.push(end - start);
    return source.readImage(start, end);
  };
  const made = (maxFrameBytes: number) => transcoded({ ...source, readImage }, 'rle', { maxFrameBytes });
  await expect(made(8191)).rejects.toMatchObject({ code: 'PIXELS_TOO_LARGE' });
  expect(Math.max(...longest)).toBeLessThan(100);
  await made(8192);
});

describe('nothing is lost in silence:', () => {
  const grown = (bytes: number) => new Uint8Array(9 * 7 * 2 * 3 + bytes);

  test.each([
    ['bytes behind the pixels', objectOf({ ...grey, pixels: grown(20) })],
    ['frames that are not there', objectOf({ ...grey, pixels: grown(-126) })],
    ['a second kind of pixel data', objectOf(grey, { '7FE00008': { vr: 'OF', InlineBinary: 'AAAAAA==' } })],
  ])('%s', async (_, json) => {
    await expect(transcoded(sourceOf(fileOf(json)), 'rle')).rejects.toMatchObject({ code: 'PIXELS_HEADER_INVALID' });
  });

  test.each(['rle', 'jpeg-ls', 'jpeg-2000', 'htj2k'] as const)(
    'more frames of %s than the header counts',
    async (from) => {
      const whole = await transcoded(sourceOf(fileOf(objectOf(grey))), from);
      whole[parseFile(whole).dataset.elements.get(tags.NumberOfFrames)!.valueStart] = 0x31;
      for (const target of targets.filter((name) => name !== from))
        await expect(transcoded(sourceOf(whole), target)).rejects.toMatchObject({ code: 'PIXELS_HEADER_INVALID' });
    },
  );

  test('more frames in fragments that are not compressed than the header counts', async () => {
    const shape: Shape = { ...grey, frames: 1 };
    const one = new Uint8Array(9 * 7 * 2).fill(3);
    const written = (...frames: Uint8Array[]) =>
      writeFile(
        { ...objectOf(shape), '7FE00010': { vr: 'OB', BulkDataURI: 'pixels' } },
        { transferSyntax: '1.2.840.10008.1.2.1.98', bulkData: () => [new Uint8Array(0), ...frames] },
      );
    await expect(transcoded(sourceOf(written(one)), 'rle')).resolves.toBeInstanceOf(Uint8Array);
    await expect(transcoded(sourceOf(written(one, one)), 'rle')).rejects.toMatchObject({
      code: 'PIXELS_HEADER_INVALID',
    });
  });

  test('what an extended offset table leaves out', async () => {
    const rle = parseFile(await transcoded(sourceOf(fileOf(objectOf(grey))), 'rle'));
    const [, ...fragments] = rle.pixelElements[0]!.fragments!;
    const streams = fragments.map(({ valueStart, valueEnd }) => rle.bytes.slice(valueStart, valueEnd));
    const table = (numbers: number[]) => ({
      vr: 'OV',
      InlineBinary: base64(new Uint8Array(BigUint64Array.from(numbers, BigInt).buffer)),
    });
    const starts = fragments.map(({ start }) => start - fragments[0]!.start);
    // Two frames by the header; the second of three streams is between what its table names.
    const written = (offsets: number[], lengths: number[]) =>
      writeFile(
        {
          ...objectOf({ ...grey, frames: offsets.length }),
          '7FE00001': table(offsets),
          '7FE00002': table(lengths),
          '7FE00010': { vr: 'OB', BulkDataURI: 'pixels' },
        },
        { transferSyntax: '1.2.840.10008.1.2.5', bulkData: () => [new Uint8Array(0), ...streams] },
      );
    const [one, two, three] = streams.map(({ length }) => length) as [number, number, number];
    const right = written(starts, [one, two, three]);
    await expect(transcoded(sourceOf(right), 'explicit')).resolves.toBeInstanceOf(Uint8Array);
    const wrong = written([starts[0]!, starts[2]!], [one, three]);
    await expect(transcoded(sourceOf(wrong), 'explicit')).rejects.toMatchObject({ code: 'PIXELS_HEADER_INVALID' });
  });

  test('an object without pixel data', async () => {
    const { '7FE00010': _, ...json } = objectOf(grey);
    await expect(transcoded(sourceOf(fileOf(json)), 'rle')).rejects.toMatchObject({ code: 'PIXELS_MISSING' });
  });

  test('a code stream under a header of another size', async () => {
    const rle = await transcoded(sourceOf(fileOf(objectOf(grey))), 'jpeg-ls');
    const bent = rle.slice();
    bent[parseFile(rle).dataset.elements.get(tags.Rows)!.valueStart] = 8;
    for (const target of targets.filter((name) => name !== 'jpeg-ls'))
      await expect(transcoded(sourceOf(bent), target)).rejects.toThrow(PixelsError);
  });
});
