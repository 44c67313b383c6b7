import { expect, test } from 'vitest';
import { picturesShown, recallWorklist, rememberWorklist, showPictures } from './worklist-memory.ts';
import { firstSearch } from './worklist-search.ts';

test('what one person searched for is not there for the next', () => {
  rememberWorklist('one', { search: { ...firstSearch, name: 'ito', page: 3 }, scrollY: 400 });
  expect(recallWorklist('one')).toMatchObject({ search: { name: 'ito', page: 3 }, scrollY: 400 });
  expect(recallWorklist('other')).toEqual({ search: firstSearch, scrollY: 0 });
});

test('pictures that one person wanted are not fetched in the name of the next', () => {
  showPictures('one', true);
  expect(picturesShown('one')).toBe(true);
  expect(picturesShown('other')).toBe(false);
  showPictures('one', false);
  expect(picturesShown('one')).toBe(false);
});
