import { isTransferSyntax, lookupUid, uidName } from '@symbolon/dicom';
import { expect, test } from 'vitest';
import { PixelsError } from '../errors.ts';
import { codecOf, isVideo } from './transfer-syntaxes.ts';

/** Every number that a transfer syntax of the standard could have, near those that there are. */
const uids = Array.from({ length: 300 }, (_, n) => n).flatMap((n) => [
  `1.2.840.10008.1.2${n === 0 ? '' : `.${n}`}`,
  ...Array.from({ length: 9 }, (_, of) => `1.2.840.10008.1.2.${of + 1}.${n}`),
  `1.2.840.10008.1.2.4.${n}.1`,
]);
const standard = [...new Set(uids)].filter((uid) => isTransferSyntax(uid) && lookupUid(uid) !== undefined);

const outcome = (uid: string): string => {
  try {
    return codecOf(uid);
  } catch (error) {
    return (error as PixelsError).message;
  }
};

test('every transfer syntax of PS3.6 is decoded, or refused by the name of what it is', () => {
  expect(standard.length).toBeGreaterThan(60);
  expect(standard.filter((uid) => outcome(uid).includes('stored as a compression')).map(uidName)).toEqual([]);
});

test.each([
  ['1.2.840.10008.1.2.4.100.1', 'an MPEG-2 video'],
  ['1.2.840.10008.1.2.4.106', 'an MPEG-4 video'],
  ['1.2.840.10008.1.2.4.108', 'an HEVC video'],
  ['1.2.840.10008.1.2.4.111', 'JPEG XL'],
  ['1.2.840.10008.1.2.4.56', 'JPEG with arithmetic coding'],
  ['1.2.840.10008.1.2.4.66', 'hierarchical JPEG'],
  ['1.2.840.10008.1.2.4.205', 'another server'],
  ['1.2.840.10008.1.2.7.2', 'a live video'],
  ['1.2.3.4', 'a compression'],
])('%s is refused as %s', (uid, name) => {
  expect(() => codecOf(uid)).toThrow(PixelsError);
  expect(outcome(uid)).toContain(name);
});

test('videos are those that the standard names MPEG or HEVC', () => {
  expect(standard.filter(isVideo)).toEqual(standard.filter((uid) => /MPEG|HEVC/.test(uidName(uid)!)));
});
