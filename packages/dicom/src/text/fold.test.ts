import { expect, test } from 'vitest';
import { foldText } from './fold.ts';

test('folding the capital sharp s twice is folding it once, and so is every other code point', () => {
  expect(foldText('ẞ')).toBe('ss');
  const changed: string[] = [];
  for (let codePoint = 0; codePoint <= 0x10ffff; codePoint++) {
    const folded = foldText(String.fromCodePoint(codePoint));
    if (foldText(folded) !== folded) changed.push(codePoint.toString(16));
  }
  expect(changed).toEqual([]);
});
