import { allPermissions, type Decision, type Decisions, permits, together } from '@symbolon/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { personWith } from './actor.testing.ts';
import { allIn, beyondOf, gainedBy, refuseBeyond } from './hand-out.ts';
import { may, type Thing } from './policy.ts';
import { rightsOf } from './rights.ts';

const about = allPermissions.filter((name) => /^(study\.(view|search)|user|group)\./.test(name));
const decisions: fc.Arbitrary<Decisions> = fc.dictionary(
  fc.constantFrom(...about),
  fc.constantFrom<Decision>('permit', 'permit', 'deny'),
  { maxKeys: 7 },
);

test('who may change a role so gives nobody, whatever their other role, a permission that one lacks (property)', () => {
  fc.assert(
    fc.property(decisions, decisions, decisions, decisions, (mine, before, after, other) => {
      const actor = personWith(mine);
      if (beyondOf(actor, gainedBy(before, after)).length > 0) return;
      for (const name of about) {
        const had = permits(together([before, other]), name);
        const has = permits(together([after, other]), name);
        if (has && !had) expect([name, permits(mine, name)]).toEqual([name, true]);
      }
    }),
    { numRuns: 1500 },
  );
});

test('what is denied to somebody in a group of theirs they cannot hand out', () => {
  const groups = [{ namespaceId: 'ours', decisions: { 'study.view': 'deny' } as const }];
  const actor = personWith({ 'study.view': 'permit', 'user.list': 'permit' }, { groups });
  expect(beyondOf(actor, { 'study.view': 'permit', 'user.list': 'permit' })).toContain('study.view');
  expect(beyondOf(actor, { 'user.list': 'permit' })).toEqual([]);
});

test('what a role in a group permits one cannot hand out in the account', () => {
  const groups = [{ namespaceId: 'ours', decisions: { 'study.view': 'permit' } as const }];
  expect(beyondOf(personWith({}, { groups }), { 'study.view': 'permit' })).toContain('study.view');
});

test('what one may do in a group is what the engine permits of things in it (property)', () => {
  const thing: fc.Arbitrary<Thing> = fc.record({
    accountId: fc.constant('own'),
    namespaceId: fc.constantFrom('ours', 'elsewhere'),
    grantedTo: fc.subarray(['ours']),
    unapproved: fc.boolean(),
    openings: fc.subarray(['reason', 'emergency'] as const),
  });
  fc.assert(
    fc.property(decisions, decisions, decisions, thing, (mine, theirs, inGroup, study) => {
      // One place at a time: what is at once granted to a group and lives in it is reached by what reaches either.
      const inside = (study.namespaceId === 'ours') !== (study.grantedTo ?? []).length > 0;
      fc.pre(inside && !((study.openings ?? []).length > 0 && (study.unapproved || study.namespaceId !== 'ours')));
      const all = { operates: false, scope: null };
      const actor = rightsOf(mine, [], all);
      const member = rightsOf(theirs, [{ namespaceId: 'ours', decisions: inGroup }], all);
      const beside = [...allIn(member, 'ours')].filter((name) => !allIn(actor, 'ours').has(name));
      const me = { accountId: 'own', namespaceId: 'nobody’s' };
      for (const action of ['study.view', 'study.search'] as const) {
        const reached = may(personWith({}, { ...me, rights: member }), action, study);
        const mineToo = may(personWith({}, { ...me, rights: actor }), action, study);
        if (reached && !mineToo) expect(beside.some((name) => name.startsWith(action))).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
});

test('the refusal names what is beyond, and how many more', () => {
  expect(() => refuseBeyond([])).not.toThrow();
  expect(() => refuseBeyond(about.slice(0, 15))).toThrow(/You do not have .* and 3 more/);
});
