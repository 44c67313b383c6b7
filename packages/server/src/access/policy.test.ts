import { type Action, permissions, rolePermissions, roles } from '@symbolon/contract';
import { describe, expect, test } from 'vitest';
import type { Actor, SignedIn } from './actor.ts';
import { may } from './policy.ts';

const actions = Object.keys(permissions) as Action[];
const own = { accountId: 'own' };
const foreign = { accountId: 'foreign' };

function someone(role: SignedIn['role']): SignedIn {
  return { kind: 'token', tokenId: 't', userId: 'u', accountId: 'own', namespaceId: 'n', role, address: '::1' };
}
const visitor: Actor = { kind: 'visitor', address: '::1' };

describe.each(roles)('a %s', (role) => {
  test.each(actions)('may do %s exactly where the role has it, and to nothing of another account', (action) => {
    const granted = rolePermissions[role].includes(action);
    expect(may(someone(role), action)).toBe(granted);
    expect(may(someone(role), action, own)).toBe(granted);
    expect(may(someone(role), action, foreign)).toBe(false);
  });
});

test.each(actions)('a visitor may do %s where it needs no sign-in, and to no thing at all', (action) => {
  expect(may(visitor, action)).toBe(rolePermissions.visitor.includes(action));
  expect(may(visitor, action, own)).toBe(false);
});

test('what no table names is denied to everybody', () => {
  for (const role of roles) expect(may(someone(role), 'study.delete' as Action, own)).toBe(false);
});
