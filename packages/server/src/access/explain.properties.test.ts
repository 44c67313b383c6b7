import {
  type Action,
  actions,
  allPermissions,
  type Decision,
  type Decisions,
  type ExplainedPermission,
  permits,
  signedInActions,
} from '@symbolon/contract';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { personWith } from './actor.testing.ts';
import { rightsAt } from './actor-now.ts';
import { explainPermissions, explainStudy } from './explain.ts';
import type { HeldRole } from './held-role.ts';
import { may, type Thing } from './policy.ts';

const about = allPermissions.filter((name) =>
  /^(study\.(view|download)|grant\.create|backup\.make|user\.view)(\.|$)/.test(name),
);
const everyAction = Object.keys(actions) as Action[];
const decisions: fc.Arbitrary<Decisions> = fc.dictionary(
  fc.constantFrom(...about),
  fc.constantFrom<Decision>('permit', 'permit', 'deny'),
  { maxKeys: 7 },
);
const role = (id: string, some: Decisions): HeldRole => ({
  id,
  name: id,
  builtin: null,
  decisions: some,
  addresses: [],
});
const standing = fc
  .record({ account: decisions, ours: decisions, theirs: fc.option(decisions), operates: fc.boolean() })
  .map(({ account, ours, theirs, operates }) => ({
    operates,
    role: role('account', account),
    groups: [
      { id: 'g1', kind: 'group' as const, name: 'Ours', namespaceId: 'ours', role: role('r1', ours) },
      {
        id: 'g2',
        kind: 'location' as const,
        name: 'Theirs',
        namespaceId: 'theirs',
        role: theirs && role('r2', theirs),
      },
    ],
  }));
const scope = fc.option(fc.subarray(about));
const me = { accountId: 'own', userId: 'me', namespaceId: 'mine' };

describe('an explanation', () => {
  test('of each permission says what the engine permits where its qualifier holds (property)', () => {
    fc.assert(
      fc.property(standing, scope, (roles, some) => {
        const rights = rightsAt(roles, some, undefined);
        const person = personWith({}, { ...me, rights });
        const all = explainPermissions(roles, rights, rightsAt(roles, null, undefined));
        expect(all.map(({ permission }) => permission)).toEqual(allPermissions);
        const by = new Map(all.map((one) => [one.permission as string, one]));
        const inAccount = (name: string) => by.get(name)?.verdict === 'permitted';
        const inGroup = (name: string, id: string) => {
          const { verdict, groups, except } = by.get(name) as ExplainedPermission;
          return verdict === 'permitted' ? !except.includes(id) : groups.includes(id);
        };
        for (const action of everyAction) {
          const takes = (name: string) => (actions[action] as readonly string[]).includes(name);
          const thing: Thing = { accountId: 'own' };
          expect(inAccount(action)).toBe(may(person, action, thing));
          if (takes('own'))
            expect(inAccount(`${action}.own`)).toBe(may(person, action, { ...thing, namespaceId: 'mine' }));
          for (const opening of ['reason', 'emergency'] as const)
            if (takes(opening))
              expect(inAccount(`${action}.${opening}`)).toBe(may(person, action, { ...thing, openings: [opening] }));
          for (const { id, namespaceId } of roles.groups) {
            if (takes('group'))
              expect(inGroup(`${action}.group`, id)).toBe(may(person, action, { ...thing, namespaceId }));
            if (takes('granted'))
              expect(inGroup(`${action}.granted`, id)).toBe(
                may(person, action, { ...thing, grantedTo: [namespaceId] }),
              );
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  test('gives the reasons that decide: without a permit nothing is permitted, and with a deny neither (property)', () => {
    fc.assert(
      fc.property(standing, (roles) => {
        const rights = rightsAt(roles, null, undefined);
        for (const { permission, verdict, why, hindered } of explainPermissions(roles, rights, rights)) {
          const account = why.filter(({ from }) => from === 'account' || from === 'sign-in');
          const denied = account.some(({ says }) => says === 'deny');
          const permitted = account.some(({ says }) => says === 'permit') && !denied;
          expect([permission, verdict === 'permitted']).toEqual([permission, permitted && hindered === null]);
          if (verdict === 'unset' && hindered === null) expect(why).toEqual([]);
          if (verdict === 'denied') expect(why.some(({ says }) => says === 'deny')).toBe(true);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('of a study gives the engine’s verdict, and reasons that alone lead to it (property)', () => {
    const study: fc.Arbitrary<Thing> = fc.record({
      accountId: fc.constant('own'),
      studyId: fc.constant('s'),
      namespaceId: fc.constantFrom('mine', 'ours', 'theirs', 'others'),
      grantedTo: fc.subarray(['mine', 'ours', 'theirs', 'others']),
      unapproved: fc.boolean(),
      openings: fc.subarray(['reason', 'emergency'] as const),
    });
    fc.assert(
      fc.property(standing, scope, study, (roles, some, thing) => {
        const person = personWith({}, { ...me, rights: rightsAt(roles, some, undefined) });
        for (const { action, permitted, why, approval } of explainStudy(roles, person, thing)) {
          expect(permitted).toBe(may(person, action, thing));
          const speaking = why.filter(({ said }) => !said.endsWith('.unapproved'));
          const alone = speaking.some(({ says }) => says === 'permit') && !speaking.some(({ says }) => says === 'deny');
          expect([action, permitted]).toEqual([action, alone && !approval]);
          for (const { said, says, from, role: by } of why) {
            const spoken = from === 'account' ? roles.role : roles.groups.find((one) => one.role?.id === by?.id)?.role;
            expect(spoken?.decisions[said]).toBe(says);
          }
        }
      }),
      { numRuns: 1500 },
    );
  });

  test('says why a token does less, and why only one account does what concerns the exchange', () => {
    const roles = { operates: false, role: role('a', { 'study.view': 'permit', 'backup.make': 'permit' }), groups: [] };
    const rights = rightsAt(roles, ['study.view.own'], undefined);
    const all = explainPermissions(roles, rights, rightsAt(roles, null, undefined));
    const of = (name: string) => all.find(({ permission }) => permission === name);
    expect(of('study.view.own')).toMatchObject({ verdict: 'permitted', why: [{ said: 'study.view', says: 'permit' }] });
    expect(of('study.view')).toMatchObject({ verdict: 'unset', hindered: 'token' });
    const whole = explainPermissions(roles, rightsAt(roles, null, undefined), rightsAt(roles, null, undefined));
    expect(whole.find(({ permission }) => permission === 'backup.make')).toMatchObject({
      verdict: 'unset',
      hindered: 'exchange-wide',
    });
    expect(permits(roles.role.decisions, 'backup.make')).toBe(true);
    for (const action of signedInActions) expect(of(action)).toMatchObject({ verdict: 'permitted' });
  });
});
