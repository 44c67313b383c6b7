import { expect, test } from 'vitest';
import { safeNext } from './safe-next.ts';

const origin = 'https://exchange.example';

test.each([
  ['/studies/7b6c?series=2', '/studies/7b6c?series=2'],
  ['/upload', '/upload'],
])('after signing in, %s is gone back to', (next, to) => {
  expect(safeNext(next, origin)).toBe(to);
});

test.each([
  [undefined],
  [7],
  [''],
  ['/'],
  ['/sign-in?next=/sign-in'],
  ['/setup#secret'],
  ['https://elsewhere.example/'],
  ['//elsewhere.example/studies'],
  ['/\\elsewhere.example'],
  ['/\t/elsewhere.example'],
  ['/.//elsewhere.example'],
  ['/x/..//elsewhere.example'],
  ['javascript:alert(1)'],
])('after signing in, %j leads to the studies instead', (next) => {
  expect(safeNext(next, origin)).toBe('/studies');
});
