import { actions, groupKinds } from '@symbolon/contract';
import { expect, test } from 'vitest';
import { defaultRoleText, holdsText, kinds } from './group-words.ts';

test('who and what is in a group is told in amounts, and nobody as nobody', () => {
  expect(holdsText({ members: 0, studies: 0 })).toBe('nobody, no studies');
  expect(holdsText({ members: 1, studies: 1 })).toBe('1 person, 1 study');
  expect(holdsText({ members: 3, studies: 12 })).toBe('3 people, 12 studies');
});

test('either kind asks for its own permissions, which the catalogue has', () => {
  for (const kind of groupKinds)
    for (const action of Object.values(kinds[kind].needs)) {
      expect(action.startsWith(`${kind}.`)).toBe(true);
      expect(Object.keys(actions)).toContain(action);
    }
});

test('without a role of the group its members have only that of the account', () => {
  expect(defaultRoleText(null)).toContain('role in the account');
});
