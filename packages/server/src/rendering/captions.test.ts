import sharp from 'sharp';
import { expect, test } from 'vitest';
import { captionsOver } from './captions.ts';

const shown = { width: 400, height: 300 };
const sizes = async (lines: readonly string[], over = shown): Promise<[number, number][]> =>
  Promise.all(
    (await captionsOver(over, { top: lines, bottom: [] })).map(async ({ input }) => {
      const { width, height } = await sharp(input as Buffer).metadata();
      return [width, height] as [number, number];
    }),
  );

test('what a header says is written as it stands: no markup, no control, nothing that turns it over', async () => {
  const [plain] = await captionsOver(shown, { top: ['a b'], bottom: [] });
  for (const line of ['a\u0000b', 'a\u202eb', 'a\nb', 'a\u2028b', 'a\u{e0041}b'])
    expect((await captionsOver(shown, { top: [line], bottom: [] }))[0]!.input, JSON.stringify(line)).toEqual(
      plain!.input,
    );
  // As long as its letters are, and not as long as the word that markup would leave.
  const [[width] = [0]] = await sizes(['<b>x</b>']);
  const [[bare] = [0]] = await sizes(['x']);
  expect(width).toBeGreaterThan(3 * bare);
  for (const hostile of ['<span', '</span>', '&', '&#0;', '<![CDATA[', '%s%n', '\ud800'])
    expect(await sizes([hostile])).toHaveLength(1);
});

test('a line of a megabyte costs no more than a long one', async () => {
  expect(await sizes(['x'.repeat(1_000_000)])).toEqual(await sizes(['x'.repeat(96)]));
});

test('captions are never larger than the picture, and where there is no room for one there is none', async () => {
  for (const over of [shown, { width: 40, height: 30 }, { width: 9, height: 4_000 }, { width: 4_000, height: 9 }]) {
    for (const [width, height] of await sizes(
      Array.from({ length: 30 }, () => 'w'.repeat(90)),
      over,
    )) {
      expect(width).toBeLessThanOrEqual(over.width);
      expect(height).toBeLessThanOrEqual(over.height / 2);
    }
  }
  expect(await sizes(['x'], { width: 1, height: 1 })).toEqual([]);
  expect(await captionsOver(shown, { top: [], bottom: [] })).toEqual([]);
});

test('a name of which nothing can be seen is no caption, and no error', async () => {
  for (const unseen of ['\u200b', '\u2800', '\u3164', '\u{1d173}', ' '])
    expect(await captionsOver(shown, { top: [unseen], bottom: ['x'] }), JSON.stringify(unseen)).toHaveLength(1);
});
