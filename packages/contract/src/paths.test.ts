import { expect, test } from 'vitest';
import { pathOf, paths } from './paths.ts';

test('a path parameter is percent-encoded, so that it stays one segment', () => {
  expect(pathOf(paths.packOriginals, { studyId: 'a/../b', packId: 'ü?#' })).toBe(
    '/api/v1/studies/a%2F..%2Fb/originals/%C3%BC%3F%23',
  );
});

test('a path whose parameter is missing is not made', () => {
  expect(() => pathOf(paths.originals, {})).toThrow('needs studyId');
});
