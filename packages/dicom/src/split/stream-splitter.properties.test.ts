import fc from 'fast-check';
import { expect, test } from 'vitest';
import { damagedFiles, files, rounds, roundsTimeoutMs, strangeFiles } from '../fuzz.fixture.ts';
import type { ParseOptions } from '../index.ts';
import { streamedOutcome, wholeOutcome } from './streamed.fixture.ts';

const doubts: readonly ParseOptions[] = [
  {},
  { duplicates: 'accept' },
  { duplicates: 'refuse', refuse: ['DICOM_OUT_OF_ORDER'] },
  { maxElements: 12 },
  { bare: 'accept', refuse: ['DICOM_DELIMITER_MISSING', 'DICOM_SEQUENCE_UNREADABLE'] },
];

test(
  'any file, and any damage to it, comes apart alike whole and in any chunks',
  () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(
        fc.oneof(files, damagedFiles, strangeFiles),
        sizes,
        fc.constantFrom(...doubts),
        (bytes, chunks, options) => {
          expect(streamedOutcome(bytes, chunks, options)).toEqual(wholeOutcome(bytes, options));
        },
      ),
      rounds(2_500),
    );
  },
  roundsTimeoutMs,
);
