import { expect, test } from 'vitest';
import { isOfChoice, keysOf, wishFor } from './rendering.ts';
import { someImage } from './some-image.ts';
import { ownWindow } from './window-choice.ts';

const place = { image: someImage('00112233445566ff'), imageIndex: 0, frame: 2 };
const lung = { kind: 'set', window: { center: -600, width: 1500 } } as const;

test('a wish asks for the frame with window and size only where they are not what the exchange takes of itself', () => {
  const road = { studyId: 'b54e0e05-0f0c-4d2e-9a9d-1d4f6d0a5d11' };
  const base = `/api/v1/studies/${road.studyId}/images/00112233445566ff/frames/2`;
  expect(wishFor(road, place, ownWindow, 'full').url()).toBe(base);
  const asked = new URL(wishFor(road, place, lung, 1024).url(), 'https://exchange.test');
  expect(asked.pathname).toBe(base);
  expect(Object.fromEntries(asked.searchParams)).toEqual({ center: '-600', width: '1500', size: '1024' });
});

test('whoever came by a link asks for frames by that link', () => {
  const road = { linkId: '5a2f8a6e-93a7-4f46-a6ad-3fcd9d1a2b3c' };
  expect(wishFor(road, place, ownWindow, 'full').url()).toContain(`/shared/${road.linkId}/study/`);
});

test('in the place of the size asked for a larger picture is best, and then a smaller one', () => {
  expect(keysOf(place, ownWindow, 1024).map((key) => key.split('/')[3])).toEqual([
    '1024',
    '2048',
    '4096',
    'full',
    '512',
  ]);
});

test('pictures in colour are the same in every window', () => {
  const colour = { ...place, image: someImage('c', { colour: true }) };
  expect(keysOf(colour, lung, 'full')).toEqual(keysOf(colour, ownWindow, 'full'));
});

test('a key tells with which window its picture was rendered', () => {
  const [key] = keysOf(place, lung, 'full');
  expect(isOfChoice(key!, lung)).toBe(true);
  expect(isOfChoice(key!, ownWindow)).toBe(false);
});
