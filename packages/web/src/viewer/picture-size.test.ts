import { expect, test } from 'vitest';
import { decodedBytes, sizeToAsk } from './picture-size.ts';

const radiograph = { width: 3000, height: 4000 };

test('the smallest size that covers the display is asked for', () => {
  expect(sizeToAsk(radiograph, (390 * 1.5) / 3000)).toBe(1024);
  expect(sizeToAsk(radiograph, (390 * 3) / 3000)).toBe(2048);
  expect(sizeToAsk(radiograph, 0.1)).toBe(512);
});

test('where the picture itself is not larger, it is asked for as it is', () => {
  expect(sizeToAsk({ width: 512, height: 512 }, 3)).toBe('full');
  expect(sizeToAsk({ width: 512, height: 512 }, 0.1)).toBe('full');
  expect(sizeToAsk(radiograph, 4)).toBe('full');
});

test('a few pixels more than a size do not ask for the next', () => {
  expect(sizeToAsk(radiograph, 1030 / 4000)).toBe(1024);
  expect(sizeToAsk(radiograph, 1100 / 4000)).toBe(2048);
});

test('the bytes of a decoded picture are those of the size asked for, not of the original', () => {
  expect(decodedBytes({ rows: 512, columns: 512 }, 'full')).toBe(512 * 512 * 4);
  expect(decodedBytes({ rows: 4000, columns: 3000 }, 1024)).toBe(1024 * 768 * 4);
  expect(decodedBytes({ rows: 400, columns: 300 }, 1024)).toBe(400 * 300 * 4);
});
