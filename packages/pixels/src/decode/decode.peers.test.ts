import { peerTest, realFiles } from '@symbolon/testbed';
import { expect, test } from 'vitest';
import { agreementOn, expectTwins } from '../agreement.fixture.ts';
import { pydicom } from '../peers.fixture.ts';

const files = realFiles().filter(({ source }) => source === 'pydicom');
const path = (name: string): string => files.find((file) => file.name === `test_files/${name}`)!.path;

peerTest(
  'the first and last frame of every file of pydicom that others decode have the same values',
  pydicom,
  async (python) => {
    const { equal, differing, unread } = await agreementOn(
      python,
      files.map((file) => file.path),
    );
    expect(differing).toEqual([]);
    expect(unread).toEqual([]);
    expect(equal).toBeGreaterThan(70);
  },
);

test.skipIf(files.length === 0).each([
  ['MR_small_jp2klossless.dcm', 'MR_small.dcm', 'JPEG 2000'],
  ['MR_small_jpeg_ls_lossless.dcm', 'MR_small.dcm', 'JPEG-LS'],
  ['MR_small_RLE.dcm', 'MR_small.dcm', 'RLE'],
])('%s decodes to the values of %s (%s)', (compressed, native) => expectTwins(path(compressed), path(native)));
