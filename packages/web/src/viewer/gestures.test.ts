import { expect, test } from 'vitest';
import { imagesOfNotches } from './gestures.ts';

test.each([
  [120, 1],
  [-120, -1],
  // A notch is not as long on every machine.
  [60, 1],
  [100, 1],
  [150, 1],
  // Gathered while the page was busy.
  [240, 2],
  [200, 2],
  [300, 3],
  [-360, -3],
  [2400, 20],
])('a wheel that was turned by %i pixels goes on by %i images', (pixels, images) => {
  expect(imagesOfNotches(pixels)).toBe(images);
});
