import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { StreamSplitter } from '../index.ts';
import {
  codeOf,
  concat,
  element,
  fragments,
  image,
  item,
  latin,
  part10,
  tagBytes,
  u32,
  uid,
} from '../part10.fixture.ts';
import { streamedOutcome, wholeOutcome } from './streamed.fixture.ts';

const corpus = process.env.SYMBOLON_CORPUS ?? join(import.meta.dirname, '../../../../../shared/corpus');
const pydicom = '/usr/lib/python3/dist-packages/pydicom/data';
const mustRun = process.env.CI === 'true';
/** Byte by byte, a file is parsed as often as it has bytes outside its values. */
const maxByteByByte = 40_000;

const options = {
  bare: 'accept',
  inflateRaw: (bytes: Uint8Array, maxBytes: number): Uint8Array =>
    new Uint8Array(inflateRawSync(bytes, { maxOutputLength: maxBytes })),
} as const;

function expectAlike(path: string): void {
  const bytes = new Uint8Array(readFileSync(path));
  const whole = wholeOutcome(bytes, options);
  const small = bytes.length <= 10 * maxByteByByte ? [[1_000, 1, 7]] : [];
  for (const sizes of [[65_536], ...small, ...(bytes.length <= maxByteByByte ? [[1]] : [])])
    expect(streamedOutcome(bytes, sizes, options), `${path} in chunks of ${sizes}`).toEqual(whole);
}

describe('a file comes apart alike whole, in chunks and byte by byte', () => {
  if (existsSync(corpus))
    test('every DICOM file of the corpus', { timeout: 120_000 }, () => {
      const rows = readFileSync(join(corpus, 'MANIFEST.tsv'), 'utf8').trimEnd().split('\n');
      const paths = rows.map((row) => row.split('\t')).filter(([, , kind]) => kind === 'dicom');
      expect(paths.length).toBeGreaterThan(700);
      for (const [path = ''] of paths) expectAlike(join(corpus, path));
    });

  test.skipIf(!existsSync(pydicom) && !mustRun)('every file of pydicom (Debian package python3-pydicom)', () => {
    for (const folder of ['test_files', 'charset_files'])
      for (const name of readdirSync(join(pydicom, folder)).filter((one) => one.endsWith('.dcm')))
        expectAlike(join(pydicom, folder, name));
  });

  test('rubbish behind the pixels that shows itself early is one tail, however much follows', () => {
    const rubbish = concat(tagBytes(0x00080100), u32(0xffffffff), latin('no item!'), new Uint8Array(300));
    const bytes = image(uid.explicit, element(0x7fe00010, 'OW', u32(1)), rubbish, rubbish);
    const { warnings } = wholeOutcome(bytes) as { warnings: { code: string }[] };
    expect(warnings.map(({ code }) => code)).toEqual(['DICOM_VR_UNKNOWN', 'DICOM_TRAILING_BYTES']);
    for (const size of [1, 50]) expect(streamedOutcome(bytes, [size])).toEqual(wholeOutcome(bytes));
  });

  test('a sequence of a length whose item has no delimiter, before pixel data and at the end', () => {
    const open = item(element(0x00100020, 'LO', 'x'), undefined, 0xffffffff);
    for (const behind of [element(0x7fe00010, 'OW', u32(1)), new Uint8Array(0)]) {
      const bytes = part10(uid.explicit, element(0x00081140, 'SQ', open), behind);
      expect(wholeOutcome(bytes)).toMatchObject({ warnings: [{ code: 'DICOM_DELIMITER_MISSING' }] });
      for (const size of [1, 50]) expect(streamedOutcome(bytes, [size])).toEqual(wholeOutcome(bytes));
    }
  });

  test('the second pixel data of one file, refused or accepted', () => {
    const twice = image(uid.explicit, element(0x7fe00010, 'OW', u32(1)), element(0x7fe00010, 'OW', u32(1)));
    for (const duplicates of ['identical', 'accept'] as const)
      expect(streamedOutcome(twice, [5], { duplicates })).toEqual(wholeOutcome(twice, { duplicates }));
    expect(wholeOutcome(twice)).toMatchObject({ code: 'DICOM_DUPLICATE_ELEMENT' });
  });

  test('pixel data that only the end of the file reveals', () => {
    // A VR of the future whose length would reach past the end: then it is a short one, and pixel data follows it.
    const future = concat(Uint8Array.of(0x10, 0, 0x20, 0, 0x5a, 0x5a, 0, 0));
    const bytes = part10(uid.explicit, element(0x00080008, 'CS', 'X'), future, element(0x7fe00010, 'OW', 'PIXELS'));
    const whole = wholeOutcome(bytes);
    expect(whole).toMatchObject({ image: expect.stringContaining('PIXELS') });
    for (const size of [1, 64, 65_536]) expect(streamedOutcome(bytes, [size])).toEqual(whole);
  });
});

describe('what is held', () => {
  const native = part10(
    uid.explicit,
    element(0x00100020, 'LO', 'PAT1'),
    element(0x7fe00010, 'OW', new Uint8Array(5000)),
  );

  test('the image half is handed on as views of the chunks', () => {
    const splitter = new StreamSplitter();
    const first = native.subarray(0, 1_000);
    const views = splitter.feed(first);
    expect(views.length).toBe(1);
    expect(views[0]!.buffer).toBe(native.buffer);
    const second = splitter.feed(native.subarray(1_000));
    expect(second.map(({ byteOffset, length }) => [byteOffset - native.byteOffset, length])).toEqual([
      [1_000, native.length - 1_000],
    ]);
    expect(splitter.finish()).toMatchObject({ image: [], imageBytes: 5_012 });
  });

  test('more outside the pixel data than the budget allows is refused', () => {
    const document = part10(uid.explicit, element(0x00420011, 'OB', new Uint8Array(100_000)));
    expect(codeOf(() => new StreamSplitter({ maxHeaderBytes: 50_000 }).feed(document))).toBe('DICOM_HEADER_TOO_LARGE');
    const pixels = image(uid.explicit, element(0x7fe00010, 'OW', new Uint8Array(100_000)));
    expect(new StreamSplitter({ maxHeaderBytes: 50_000 }).feed(pixels).length).toBeGreaterThan(0);
  });

  test('a 250 MB object in chunks of 64 KiB takes at most 16 MiB, in fragments too', () => {
    const run = (kind: string): { peakBytes: number; imageBytes: number } =>
      JSON.parse(
        execFileSync(process.execPath, ['--expose-gc', join(import.meta.dirname, 'large-object.fixture.ts'), kind], {
          encoding: 'utf8',
        }),
      );
    for (const kind of ['native', 'fragments']) {
      const { peakBytes, imageBytes } = run(kind);
      expect(imageBytes).toBeGreaterThan(250e6);
      expect(peakBytes, kind).toBeLessThan(16 * 1024 * 1024);
    }
  });
});

test('an error comes as soon as it is certain, not at the end', () => {
  const splitter = new StreamSplitter();
  const nested = concat(
    ...Array.from({ length: 200 }, () => element(0x00081140, 'SQ', new Uint8Array(0), undefined, 0xffffffff)),
  );
  expect(codeOf(() => splitter.feed(part10(uid.explicit, nested)))).toBe('DICOM_ITEM_EXPECTED');
  expect(codeOf(() => new StreamSplitter().feed(new Uint8Array(200)))).toBe('DICOM_PREAMBLE_MISSING');
  const lying = image(uid.jpeg, fragments(0x7fe00010, [new Uint8Array(0), new Uint8Array(8)]));
  lying.set([0xaa, 0xaa], lying.length - 8);
  expect(codeOf(() => new StreamSplitter().feed(lying))).toBe('DICOM_ITEM_EXPECTED');
});

test('a file cut short is refused when no more bytes come', () => {
  for (const cut of [0, 100, 131, 140, 200]) {
    const splitter = new StreamSplitter();
    const whole = part10(
      uid.explicit,
      element(0x00100020, 'LO', 'PAT1'),
      element(0x7fe00010, 'OW', new Uint8Array(80)),
    );
    splitter.feed(whole.subarray(0, cut));
    expect(codeOf(() => splitter.finish())).toMatch(
      /^DICOM_(TRUNCATED|LENGTH_PAST_END|PREAMBLE_MISSING|META_MISSING)$/,
    );
  }
});
