import { expect, test } from 'vitest';
import { recallWorklist, rememberWorklist } from './worklist-memory.ts';
import { firstSearch } from './worklist-search.ts';

test('what one person searched for is not there for the next', () => {
  rememberWorklist('one', { search: { ...firstSearch, name: 'ito', page: 3 }, scrollY: 400 });
  expect(recallWorklist('one')).toMatchObject({ search: { name: 'ito', page: 3 }, scrollY: 400 });
  expect(recallWorklist('other')).toEqual({ search: firstSearch, scrollY: 0 });
});
