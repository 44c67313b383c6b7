import { linkRequest } from '@symbolon/contract';
import { expect, test } from 'vitest';
import { faultsOf, type LinkDraft, newDraft, noteOf, requestOf } from './link-draft.ts';

const now = new Date(2026, 10, 22, 14, 30);
const request = (changes: Partial<LinkDraft>) => requestOf({ ...newDraft(), ...changes }, now);

test('what is offered first is a link of seven days with a password and without download, and the exchange takes it', () => {
  const offered = request({});
  expect(linkRequest.parse(offered)).toMatchObject({ download: false, note: '', password: expect.any(String) });
  expect(Date.parse(offered!.expiresAt) - now.getTime()).toBe(7 * 86_400_000);
});

test('without a password none is sent, not even an empty one', () => {
  expect(request({ withPassword: false, password: 'left over' })).not.toHaveProperty('password');
});

test('a draft with a fault says which, and is not sent', () => {
  expect(request({ password: 'abc' })).toBeNull();
  expect(request({ expiry: 'date', day: '2026-11-21' })).toBeNull();
  expect(faultsOf({ ...newDraft(), expiry: 'date', day: '' }, now).day).toMatch(/Choose a day/);
  expect(faultsOf({ ...newDraft(), withPassword: false, password: '' }, now)).toEqual({ day: null, password: null });
});

test('a pasted note of several lines and any length becomes one line that the exchange takes', () => {
  const note = noteOf(`Dear colleague,\r\n\tplease look\u0000 ${'x'.repeat(600)}`);
  expect(note).toMatch(/^Dear colleague, please look x+$/);
  expect(linkRequest.safeParse(request({ note })).success).toBe(true);
});
