import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TargetNames, targetName } from './target-name.ts';

const sha256 = 'ab'.repeat(32);

describe('names of files that come back', () => {
  test('series, instance number and the beginning of the digest', () => {
    expect(targetName({ seriesNumber: 1, instanceNumber: 7, sha256, bytes: 1 })).toBe(
      'series-0001/000007-abababababab.dcm',
    );
    expect(targetName({ seriesNumber: 12, instanceNumber: null, sha256, bytes: 1 })).toBe(
      'series-0012/abababababab.dcm',
    );
    expect(targetName({ seriesNumber: 1, instanceNumber: -3, sha256, bytes: 1 })).toBe('series-0001/abababababab.dcm');
  });

  test('no number that an exchange may send leads out of the folder (property)', () => {
    fc.assert(
      fc.property(fc.nat(), fc.option(fc.integer()), (seriesNumber, instanceNumber) => {
        expect(targetName({ seriesNumber, instanceNumber, sha256, bytes: 1 })).toMatch(
          /^series-\d+\/(\d+-)?[0-9a-f]{12}\.dcm$/,
        );
      }),
    );
  });

  test('two files whose names would be one get two', () => {
    const names = new TargetNames();
    const one = { seriesNumber: 1, instanceNumber: 1, sha256, bytes: 1 };
    const other = { ...one, sha256: `${sha256.slice(0, 12)}${'0'.repeat(52)}` };
    expect(names.nameOf(one)).not.toBe(names.nameOf(other));
    expect(names.nameOf(one)).toBe(targetName(one));
  });
});
