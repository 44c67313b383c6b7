import { type Action, linkPermissions, permissions, rolePermissions, roles } from '@symbolon/contract';
import { describe, expect, test } from 'vitest';
import type { Actor, LinkVisitor, SignedIn } from './actor.ts';
import { may } from './policy.ts';

const actions = Object.keys(permissions) as Action[];
const own = { accountId: 'own' };
const foreign = { accountId: 'foreign' };

function someone(role: SignedIn['role']): SignedIn {
  return {
    kind: 'person',
    by: 'token',
    credentialId: 't',
    userId: 'u',
    accountId: 'own',
    namespaceId: 'n',
    role,
    address: '::1',
  };
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

describe.each([true, false])('who came by a link (files may be taken: %s)', (download) => {
  const who: LinkVisitor = {
    kind: 'link',
    linkId: 'l',
    visitId: 'v',
    accountId: 'own',
    studyId: 'shared',
    download,
    address: '::1',
  };
  test.each(actions)('may do %s only where links have it, and only to that study', (action) => {
    const granted = linkPermissions.includes(action) && (download || action !== 'study.download');
    expect(may(who, action)).toBe(granted);
    expect(may(who, action, { accountId: 'own', studyId: 'shared' })).toBe(granted);
    for (const thing of [
      own,
      foreign,
      { accountId: 'own', studyId: 'other' },
      { accountId: 'foreign', studyId: 'shared' },
    ])
      expect(may(who, action, thing)).toBe(false);
  });
});
