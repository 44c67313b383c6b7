import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Action, allPermissions, exchangeWide, type Permission, partsOf } from './actions.ts';
import { beyond, type Decision, type Decisions, narrowings, permits, permitsSome, together } from './decisions.ts';
import { provenActions } from './proven.ts';
import { builtinDecisions, roles, signedInActions, visitorActions } from './roles.ts';
import { sentenceOf } from './sentences.ts';

const decisions: fc.Arbitrary<Decisions> = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...allPermissions), fc.constantFrom<Decision>('permit', 'deny')), {
    selector: ([name]) => name,
    maxLength: 40,
  })
  .map((entries) => Object.fromEntries(entries));

describe('the catalogue', () => {
  test('names each permission as object.verb or object.verb.qualifier and says what it allows in sentences', () => {
    for (const permission of allPermissions) {
      expect(permission).toMatch(/^[a-z]+\.[a-z]+(\.[a-z]+)?$/);
      expect(sentenceOf(permission)).toMatch(/^[A-Z].*\.$/);
    }
    const sentences = allPermissions.map(sentenceOf);
    expect(new Set(sentences).size).toBe(sentences.length);
  });

  test('has no permission that no role holds but the ways round a role’s reach, which an account gives itself', () => {
    const all = Object.values(builtinDecisions);
    const unheld = allPermissions.filter(
      (name) => !signedInActions.some((free) => free === name) && !all.some((one) => permits(one, name)),
    );
    expect(unheld).toEqual(['reason.state', 'emergency.open']);
    expect(Object.keys(builtinDecisions.administrator).filter((name) => /\.(reason|emergency)$/.test(name))).toEqual(
      [],
    );
  });
});

test('whatever may hand out a link or a secret by which one comes in later, as oneself or as another, wants a proof of who asks', () => {
  const handed: readonly Action[] = ['token.issue', 'user.create', 'user.reset', 'account.create', 'factor.recover'];
  expect(provenActions).toEqual(expect.arrayContaining([...handed]));
});

describe('a built-in role', () => {
  test('includes the one below it', () => {
    const [administrator, member, patient, guest] = roles.map((role) => builtinDecisions[role]);
    for (const [below, above] of [
      [guest, patient],
      [patient, member],
      [member, administrator],
    ])
      expect(beyond(above as Decisions, below as Decisions, true)).toEqual([]);
  });

  test('at the lowest gives nothing but what was granted', () => {
    expect(roles.at(-1)).toBe('guest');
    const given = allPermissions.filter((name) => permits(builtinDecisions.guest, name));
    expect(given).toEqual([
      'study.search.granted',
      'study.search.identity',
      'study.view.granted',
      'study.view.identity',
    ]);
  });

  test('denies nothing: a role beside it can add to it', () => {
    expect(Object.values(builtinDecisions).flatMap((one) => Object.values(one))).not.toContain('deny');
  });

  test('does not hold what needs no role', () => {
    for (const role of roles)
      for (const action of [...visitorActions, ...signedInActions])
        expect(builtinDecisions[role][action]).toBeUndefined();
  });
});

describe('decisions', () => {
  test('a deny wins, of the action as of the qualified, whatever else is said (property)', () => {
    fc.assert(
      fc.property(decisions, fc.constantFrom(...allPermissions), (some, permission) => {
        const { action } = partsOf(permission);
        expect(permits({ ...some, [permission]: 'deny' }, permission)).toBe(false);
        expect(permits({ ...some, [action]: 'deny' }, permission)).toBe(false);
      }),
    );
  });

  test('an action that is permitted includes what narrows it, and not what widens it', () => {
    expect(permits({ 'study.view': 'permit' }, 'study.view.own')).toBe(true);
    expect(permits({ 'study.view': 'permit', 'study.view.own': 'deny' }, 'study.view.own')).toBe(false);
    expect(permits({ 'study.view': 'permit' }, 'study.view.unapproved')).toBe(false);
    expect(permits({ 'study.view': 'permit' }, 'study.view.identity')).toBe(false);
    expect(permits({ 'study.view.own': 'permit' }, 'study.view')).toBe(false);
  });

  test('there is something to do exactly where the action or something that narrows it is permitted (property)', () => {
    fc.assert(
      fc.property(decisions, fc.constantFrom(...allPermissions), (some, permission) => {
        const { action } = partsOf(permission);
        const any = [action, ...narrowings(action)].some((name) => permits(some, name));
        // With the action permitted and every narrowing denied there may still be a thing to which none of them applies.
        expect(permitsSome(some, action)).toBe(any);
      }),
    );
  });

  test('of several roles: what any denies is denied, and what none names is not permitted (property)', () => {
    fc.assert(
      fc.property(fc.array(decisions, { maxLength: 4 }), fc.constantFrom(...allPermissions), (all, name) => {
        const said = all.map((one) => one[name]);
        const expected = said.includes('deny') ? 'deny' : said.includes('permit') ? 'permit' : undefined;
        expect(together(all)[name]).toBe(expected);
      }),
    );
  });

  test('what one may hand out gives nobody a permission that one lacks (property)', () => {
    fc.assert(
      fc.property(decisions, decisions, fc.boolean(), (own, wanted, operates) => {
        const extra = new Set<Permission>(beyond(own, wanted, operates));
        for (const name of allPermissions) {
          const nobodys = !operates && exchangeWide.has(partsOf(name).action);
          if (permits(wanted, name)) expect(extra.has(name)).toBe(!nobodys && !permits(own, name));
        }
        expect(beyond(own, own, operates)).toEqual([]);
      }),
    );
  });

  test('nor anything to be reached where several qualifiers hold at once; and what is refused would be (property)', () => {
    const among = ['study.view', 'study.download'] as const;
    const some = allPermissions.filter((name) => among.some((action) => partsOf(name).action === action));
    const few: fc.Arbitrary<Decisions> = fc.dictionary(
      fc.constantFrom(...some),
      fc.constantFrom<Decision>('permit', 'permit', 'deny'),
      { maxKeys: 6 },
    );
    /** Whether it is reached where these hold: permitted by one that does, denied by none. */
    const reaches = (held: Decisions, action: Action, holding: readonly Permission[]): boolean =>
      held[action] !== 'deny' &&
      holding.every((name) => held[name] !== 'deny') &&
      [action, ...holding].some((name) => permits(held, name));
    const beside = (action: Action): Permission[][] => {
      const names = narrowings(action);
      return Array.from({ length: 2 ** names.length }, (_, some) => names.filter((_, at) => some & (1 << at)));
    };
    fc.assert(
      fc.property(few, few, (own, wanted) => {
        const extra = beyond(own, wanted, true);
        for (const action of among) {
          const more = beside(action).some(
            (holding) => reaches(wanted, action, holding) && !reaches(own, action, holding),
          );
          const named = extra.some((name) => name === action || narrowings(action).includes(name));
          expect([action, named]).toEqual([action, more]);
        }
      }),
      { numRuns: 1000 },
    );
    expect(
      beyond({ 'study.view': 'permit', 'study.view.granted': 'deny' }, { 'study.view.group': 'permit' }, true),
    ).toEqual(['study.view.granted']);
  });
});
