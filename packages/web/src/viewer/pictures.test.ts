import { beforeEach, describe, expect, test } from 'vitest';
import { Pictures } from './pictures.ts';

type Picture = { readonly name: string; readonly bytes: number };
const picture = (name: string, bytes = 10): Picture => ({ name, bytes });

describe('pictures bounded by bytes', () => {
  let dropped: string[];
  let pictures: Pictures<Picture>;

  beforeEach(() => {
    dropped = [];
    pictures = new Pictures<Picture>({
      maxBytes: 30,
      bytesOf: ({ bytes }) => bytes,
      drop: ({ name }) => dropped.push(name),
    });
    for (const name of ['a', 'b', 'c']) pictures.set(name, picture(name));
  });

  test('what was used longest ago leaves first, and is dropped once', () => {
    pictures.get('a');
    pictures.set('d', picture('d'));
    expect(dropped).toEqual(['b']);
    expect(['a', 'b', 'c', 'd'].map((key) => pictures.has(key))).toEqual([true, false, true, true]);
    expect(pictures.bytes).toBe(30);
  });

  test('one large picture makes room for itself, and stays even where it is larger than the bound', () => {
    pictures.set('huge', picture('huge', 100));
    expect(dropped).toEqual(['a', 'b', 'c']);
    expect(pictures.has('huge')).toBe(true);
    pictures.set('e', picture('e'));
    expect(dropped).toEqual(['a', 'b', 'c', 'huge']);
    expect(pictures.bytes).toBe(10);
  });

  test('another picture under the same key takes the place of the first', () => {
    pictures.set('a', picture('new a', 5));
    expect(dropped).toEqual(['a']);
    expect(pictures.bytes).toBe(25);
  });

  test('clearing drops all of them', () => {
    pictures.clear();
    expect(dropped).toEqual(['a', 'b', 'c']);
    expect(pictures.bytes).toBe(0);
    expect(pictures.count).toBe(0);
  });

  test('what is not wanted any more leaves, the rest stays', () => {
    pictures.keep((key) => key === 'b');
    expect(dropped).toEqual(['a', 'c']);
    expect(pictures.bytes).toBe(10);
  });
});
