import { expect, test } from 'vitest';
import { commandOf } from './keys.ts';

const press = (key: string, held: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey', boolean>> = {}) =>
  commandOf({ key, ctrlKey: false, metaKey: false, altKey: false, ...held });

test('arrows go by one, page keys by ten, Home and End to the ends', () => {
  expect(press('ArrowDown')).toEqual({ do: 'step', by: 1 });
  expect(press('ArrowUp')).toEqual({ do: 'step', by: -1 });
  expect(press('PageDown')).toEqual({ do: 'step', by: 10 });
  expect(press('PageUp')).toEqual({ do: 'step', by: -10 });
  expect(press('Home')).toEqual({ do: 'go', to: 'first' });
  expect(press('End')).toEqual({ do: 'go', to: 'last' });
});

test('letters are the same large and small', () => {
  expect(press('W')).toEqual(press('w'));
  expect(press('i')).toEqual({ do: 'invert' });
});

test('digits are presets, 0 resets', () => {
  expect(press('4')).toEqual({ do: 'preset', key: '4' });
  expect(press('0')).toEqual({ do: 'reset' });
});

test('what is held with Ctrl, Alt or Meta belongs to the browser', () => {
  for (const held of ['ctrlKey', 'metaKey', 'altKey']) expect(press('f', { [held]: true })).toBeUndefined();
});

test('keys that mean nothing here, and names of every object, ask for nothing', () => {
  for (const key of ['Tab', 'Enter', 'F5', 'q', 'constructor', 'toString', '__proto__']) {
    expect(press(key)).toBeUndefined();
  }
});
