import { readFileSync } from 'node:fs';
import { DicomError } from '@symbolon/dicom';
import { realFiles } from '@symbolon/testbed';
import { expect, test } from 'vitest';
import { PixelsError } from '../errors.ts';
import { openFile } from '../open-file.fixture.ts';

/** What they decode to is held against other decoders in `conformance/pixels`. */
test('every file of the corpus is shown, or refused with a reason', async () => {
  let shown = 0;
  const wrong: string[] = [];
  for (const { path, name } of realFiles().filter(({ source }) => source === 'corpus')) {
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
});
