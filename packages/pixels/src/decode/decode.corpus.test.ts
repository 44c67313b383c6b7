import { readFileSync, statSync } from 'node:fs';
import { DicomError } from '@symbolon/dicom';
import { peerTest, realFiles } from '@symbolon/testbed';
import { expect, test } from 'vitest';
import { agreementOn, expectTwins } from '../agreement.fixture.ts';
import { PixelsError } from '../errors.ts';
import { openFile } from '../open-file.fixture.ts';
import { pydicom } from '../peers.fixture.ts';

const files = realFiles().filter(({ source, path }) => source === 'corpus' && statSync(path).size < 8 * 1024 * 1024);

peerTest(
  'the first and last frame of every file of the corpus that others decode have the same values',
  pydicom,
  async (python) => {
    const { equal, differing, unread } = await agreementOn(
      python,
      files.map((file) => file.path),
    );
    expect(differing).toEqual([]);
    expect(unread).toEqual([]);
    expect(equal).toBeGreaterThan(500);
  },
  300_000,
);

test('every file of the corpus is shown, or refused with a reason', async () => {
  let shown = 0;
  const wrong: string[] = [];
  for (const { path, name } of files) {
    try {
      const file = await openFile(readFileSync(path));
      await file.show(0);
      await file.show(file.frames - 1, { window: { center: 40, width: 400 }, invert: true });
      shown += 1;
    } catch (error) {
      if (!(error instanceof PixelsError || error instanceof DicomError)) wrong.push(`${name}: ${error}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(shown).toBeGreaterThan(600);
}, 300_000);

const path = (name: string): string => files.find((file) => file.name.endsWith(`/${name}`))!.path;

test.each([
  ['SC_rgb_small_odd_big_endian.dcm', 'SC_rgb_small_odd.dcm', 'bytes in big endian words'],
  ['liver_deflate.dcm', 'liver_j2k.dcm', 'Deflated Image Frame, single bits'],
  ['CT1_J2KR', 'CT1_RLE', 'JPEG 2000'],
  ['MR1_J2KR', 'MR1_RLE', 'JPEG 2000'],
  ['NM1_J2KR', 'NM1_RLE', 'JPEG 2000'],
  ['CT1_JPLL', 'CT1_RLE', 'JPEG lossless'],
  ['CT2_JLSL', 'CT2_RLE', 'JPEG-LS'],
])('%s decodes to the values of %s (%s)', (compressed, native) => expectTwins(path(compressed), path(native)));
