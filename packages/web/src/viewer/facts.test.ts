import { describe, expect, test } from 'vitest';
import { cineRange, factsOf, noFacts, type Shown } from './facts.ts';
import { someImage } from './some-image.ts';
import { placeAt, stackOf } from './stack.ts';
import { ownWindow } from './window-choice.ts';

const stack = stackOf([someImage('a'), someImage('b', { frames: 4 }), someImage('c')], 3, true);
const at = (index: number) => placeAt(stack, index)!;
const picture = { bitmap: {} as ImageBitmap, window: { center: 40, width: 400 } };
const state = { ...noFacts, total: stack.total, choice: ownWindow };

describe('the number that is told', () => {
  test('belongs to the picture on the screen while another is on its way', () => {
    const shown: Shown = { index: 0, place: at(0), picture };
    const facts = factsOf({ ...state, wanted: 5, place: at(5), shown });
    expect(facts).toMatchObject({ shown: 0, wanted: 5 });
    expect(facts).toMatchObject({ window: { center: 40, width: 400 }, canWindow: true });
    expect(facts.place?.image.id).toBe('a');
  });

  test('belongs to the image that cannot be shown where its reason is on the screen', () => {
    const refusal = { reason: 'It is a video.', again: false };
    const facts = factsOf({ ...state, wanted: 5, place: at(5), shown: undefined, refusal });
    expect(facts).toMatchObject({ shown: 5, canWindow: false });
    expect(facts.place?.image.id).toBe('c');
  });

  test('is none before the first picture is there', () => {
    expect(factsOf({ ...state, wanted: 2, place: at(2), shown: undefined })).toMatchObject({
      shown: null,
      place: null,
    });
  });
});

test('a window that the exchange has still to render is said to be a preview', () => {
  const shown: Shown = { index: 0, place: at(0), picture };
  const lung = { kind: 'set', window: { center: -600, width: 1500 } } as const;
  expect(factsOf({ ...state, place: at(0), shown, choice: lung })).toMatchObject({
    window: lung.window,
    preview: true,
  });
  expect(factsOf({ ...state, place: at(0), shown }).preview).toBe(false);
});

test('playing goes round among the frames of one image, or among the images of a series', () => {
  expect(cineRange(stack, at(2))).toEqual([1, 5]);
  expect(cineRange(stack, at(0))).toEqual([0, 6]);
});
