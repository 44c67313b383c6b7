import { describe, expect, test } from 'vitest';
import { allPermissions, exchangeWide, type Permission, partsOf } from './actions.ts';
import { beyond, permits } from './decisions.ts';
import { builtinDecisions } from './roles.ts';
import { roleTemplates, type TemplateName, templateNames } from './templates.ts';

const permitted = (name: TemplateName): Permission[] =>
  allPermissions.filter((permission) => permits(roleTemplates[name].decisions, permission));

describe.each(templateNames)('the template %s', (name) => {
  test('gives nothing that an administrator could not hand out, and nothing of the exchange as a whole', () => {
    expect(beyond(builtinDecisions.administrator, roleTemplates[name].decisions, true)).toEqual([]);
    expect(permitted(name).filter((one) => exchangeWide.has(partsOf(one).action))).toEqual([]);
  });

  test('erases nothing, and makes nobody more than they are', () => {
    const grave = /^(study|patient|account)\.erase|^role\.(create|change|delete)|^account\.|^address\.set|^key\./;
    const looks = /\.(view|list|compare|explain)$/;
    expect(permitted(name).filter((one) => grave.test(one) && !looks.test(one))).toEqual([]);
  });
});

/** What each can and cannot do, said once more by hand. */
const can: Readonly<Record<TemplateName, readonly [can: readonly Permission[], cannot: readonly Permission[]]>> = {
  radiologist: [
    [
      'study.search',
      'study.search.exact',
      'study.view.identity',
      'study.view.unapproved',
      'study.download',
      'link.create',
    ],
    ['study.erase', 'study.erase.own', 'study.approve', 'user.list', 'conflict.resolve', 'grant.revoke', 'audit.view'],
  ],
  'front desk': [
    ['study.search.exact', 'study.view', 'study.view.identity', 'link.create'],
    [
      'study.search',
      'study.search.own',
      'study.search.granted',
      'study.download',
      'study.download.own',
      'instance.store',
    ],
  ],
  researcher: [
    ['study.search.group', 'study.search.granted', 'study.view.granted', 'study.view.group'],
    [
      'study.search',
      'study.view',
      'study.view.own',
      'study.view.identity',
      'study.search.identity',
      'study.download.group',
    ],
  ],
  approver: [
    ['study.approve.group', 'study.view.unapproved', 'study.search.unapproved', 'study.view.group'],
    ['study.approve', 'study.approve.own', 'study.view', 'study.download', 'link.create'],
  ],
  uploader: [
    ['instance.store', 'instance.held', 'receipt.create'],
    ['study.search.own', 'study.view.own', 'study.download.own', 'study.add.own', 'link.create.own'],
  ],
  auditor: [
    ['audit.view', 'user.explain', 'role.view', 'token.list', 'link.list', 'emergency.view'],
    [
      'study.view',
      'study.view.own',
      'study.view.granted',
      'study.download',
      'role.assign',
      'token.revoke',
      'user.change',
    ],
  ],
  people: [
    ['user.create', 'user.suspend', 'role.assign', 'group.enrol', 'location.create'],
    [
      'study.search',
      'study.view',
      'role.create',
      'role.change',
      'group.delete',
      'user.remove',
      'token.issue',
      'address.set',
    ],
  ],
};

test.each(templateNames)('%s can and cannot do what is said of it', (name) => {
  const [yes, no] = can[name];
  const { decisions } = roleTemplates[name];
  expect(yes.filter((one) => !permits(decisions, one))).toEqual([]);
  expect(no.filter((one) => permits(decisions, one))).toEqual([]);
});

test('who sees pseudonyms only goes on seeing pseudonyms where another role of theirs shows names: a deny wins', () => {
  expect(roleTemplates.researcher.decisions['study.view.identity']).toBe('deny');
  expect(roleTemplates.researcher.decisions['study.search.identity']).toBe('deny');
});
