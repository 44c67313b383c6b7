import { expect, test } from 'vitest';
import { someImage } from './some-image.ts';
import { askedWindow, nameOfChoice, ownWindow, wantedWindow, windowOf } from './window-choice.ts';

const two = someImage('a', {
  windows: [
    { name: 'SOFT', center: 40, width: 400 },
    { name: 'BONE', center: 500, width: 2000 },
  ],
});
const set = { kind: 'set', window: { center: -600, width: 1500 } } as const;

test("an image's first own window is shown without asking for it by number", () => {
  expect(windowOf(two, ownWindow)).toEqual({ center: 40, width: 400 });
  expect(askedWindow(two, ownWindow)).toEqual({});
});

test('another own window is asked for by its numbers, and where an image has none, its first is taken', () => {
  expect(askedWindow(two, { kind: 'own', index: 1 })).toEqual({ center: 500, width: 2000 });
  expect(windowOf(someImage('b'), { kind: 'own', index: 1 })).toEqual({ center: 40, width: 400 });
  expect(askedWindow(someImage('b'), { kind: 'own', index: 1 })).toEqual({});
});

test('a chosen window holds for all images but those in colour', () => {
  expect(askedWindow(two, set)).toEqual(set.window);
  expect(windowOf(someImage('c', { colour: true, windows: [] }), set)).toBeNull();
  expect(askedWindow(someImage('c', { colour: true, windows: [] }), set)).toEqual({});
});

test('different choices have different names', () => {
  const names = [ownWindow, { kind: 'own', index: 1 } as const, set].map(nameOfChoice);
  expect(new Set(names).size).toBe(3);
});

test("where an image's own window is wanted, the one that the exchange took is it; a chosen one is not", () => {
  const rendered = { center: 1200, width: 2400 };
  expect(wantedWindow(someImage('d', { windows: [] }), ownWindow, rendered)).toEqual(rendered);
  expect(wantedWindow(someImage('e'), ownWindow, rendered)).toEqual(rendered);
  expect(wantedWindow(someImage('f'), set, rendered)).toEqual(set.window);
  expect(wantedWindow(someImage('g', { colour: true }), set, null)).toBeNull();
});
