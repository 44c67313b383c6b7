import { expect, test } from 'vitest';
import { fromCommonFolder } from './receipt-names.ts';

const sha256 = 'a'.repeat(64);
const taken = (path: string) => ({ path, sha256, bytes: 1, outcome: 'taken' as const });
const refused = (path: string) => ({ path, code: 'NOT_DICOM', reason: 'it is not' });
const names = (paths: string[], others: string[] = []) => {
  const out = fromCommonFolder({ taken: paths.map(taken), refused: others.map(refused) });
  return [...out.taken, ...out.refused].map(({ path }) => path);
};

test('names count from the folder, where all files are of one', () => {
  expect(names(['CD/IMG/1', 'CD/2'], ['CD/readme.txt'])).toEqual(['IMG/1', '2', 'readme.txt']);
  expect(names([], ['CD/readme.txt'])).toEqual(['readme.txt']);
  expect(names(['CD/old.zip!/IMG/1'])).toEqual(['old.zip!/IMG/1']);
});

test('files of several folders, single files, and those of a zip keep their names', () => {
  for (const paths of [
    ['A/1', 'B/1'],
    ['CD/1', 'single'],
    ['single'],
    ['x.zip!/IMG/1', 'x.zip!/IMG/2'],
    ['A/1', 'AB/1'],
  ])
    expect(names(paths)).toEqual(paths);
  expect(names(['A/1'], ['B/readme'])).toEqual(['A/1', 'B/readme']);
  expect(names([])).toEqual([]);
});
