import type { UserRow } from '@symbolon/contract';
import { userStates } from '@symbolon/contract';
import { expect, test } from 'vitest';
import { type Deed, deedsFor, deedWords, lastUseText, stateTones, stateWords, whyNothing } from './user-words.ts';

const user = { state: 'active', isOwner: false, name: 'Ana', kind: 'person', lastUsedAt: null } as UserRow;
const may = { suspend: true, remove: true, password: false };

test.each([
  ['an active person', user, true, false, may, ['suspend', 'remove']],
  ['a suspended one', { ...user, state: 'suspended' }, true, false, may, ['let in', 'remove']],
  ['an invited one', { ...user, state: 'invited' }, true, false, may, ['remove']],
  ['who was removed', { ...user, state: 'removed' }, true, false, may, []],
  ['the owner', { ...user, isOwner: true }, true, false, may, []],
  ['who may more', user, false, false, may, []],
  ['oneself', user, true, true, may, ['leave']],
  ['oneself as the owner', { ...user, isOwner: true }, true, true, may, []],
  [
    'anybody, by who may suspend only',
    user,
    true,
    false,
    { suspend: true, remove: false, password: false },
    ['suspend'],
  ],
  [
    'somebody who is let in, by who may ask for passwords',
    user,
    true,
    false,
    { ...may, password: true },
    ['new password', 'suspend', 'remove'],
  ],
  ['oneself, by who may ask for passwords', user, true, true, { ...may, password: true }, ['leave']],
  ['who may do more, by who may ask for passwords', user, false, false, { ...may, password: true }, []],
] as const)('with %s what is offered is what can be done', (_, of, withinReach, isMe, allowed, deeds) => {
  expect(deedsFor({ user: of as UserRow, withinReach, passwordMustChange: false }, isMe, allowed)).toEqual(deeds);
});

test('every state has a word and a colour, and who cannot be touched has a reason', () => {
  for (const state of userStates) expect([stateWords[state], stateTones[state]]).not.toContain(undefined);
  expect(whyNothing({ user, withinReach: true })).toBeUndefined();
  for (const of of [
    { user: { ...user, isOwner: true }, withinReach: true },
    { user, withinReach: false },
  ])
    expect(whyNothing(of)).toMatch(/\.$/);
});

test('before somebody is kept out it is said what happens to them', () => {
  const deeds: readonly Deed[] = ['suspend', 'let in', 'remove', 'leave'];
  for (const deed of deeds) {
    const { title, says, done } = deedWords(deed, user);
    expect(title).toMatch(/\?$/);
    expect(says).toMatch(/^[A-Z].*\.$/);
    expect(done).toMatch(/\.$/);
  }
  expect(deedWords('suspend', { name: 'Robot', kind: 'service' }).says).toContain('Its tokens');
});

test('who never came is told from who was never here', () => {
  expect(lastUseText({ state: 'invited', lastUsedAt: null })).toBe('Has not come yet');
  expect(lastUseText({ state: 'active', lastUsedAt: null })).toBe('Was never here');
  expect(lastUseText({ state: 'active', lastUsedAt: '2026-03-01T10:00:00Z' })).toMatch(/^Last here .*2026/);
});
