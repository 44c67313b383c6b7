import fc from 'fast-check';
import { expect, test } from 'vitest';
import { damagedFiles, files, rounds, roundsTimeoutMs } from '../fuzz.fixture.ts';
import { streamedOutcome, wholeOutcome } from './streamed.fixture.ts';

test(
  'any file, and any damage to it, comes apart alike whole and in any chunks',
  () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.oneof(files, damagedFiles), sizes, (bytes, chunks) => {
        expect(streamedOutcome(bytes, chunks)).toEqual(wholeOutcome(bytes));
      }),
      rounds(1_500),
    );
  },
  roundsTimeoutMs,
);
