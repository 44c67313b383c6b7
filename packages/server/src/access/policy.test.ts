import {
  type Action,
  actions,
  allPermissions,
  behindTheLock,
  builtinDecisions,
  type Decision,
  type Decisions,
  exchangeWide,
  linkActions,
  permitsSome,
  roles,
  signedInActions,
  stepActions,
  visitorActions,
} from '@symbolon/contract';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { personWith } from './actor.testing.ts';
import type { Actor, LinkVisitor } from './actor.ts';
import { may, mayIdentify, type Thing } from './policy.ts';
import { type Part, type Reach, reachOf } from './reach.ts';
import { type Rights, rightsOf, withoutIdentities } from './rights.ts';

const everyAction = Object.keys(actions) as Action[];
const own = { accountId: 'own' };
const foreign = { accountId: 'foreign' };
const me = { accountId: 'own', userId: 'me', namespaceId: 'mine' };
const visitor: Actor = { kind: 'visitor', address: '::1' };

describe.each(roles)('a %s', (role) => {
  test.each(everyAction)('may do %s exactly where the role has it, and to nothing of another account', (action) => {
    const free = signedInActions.includes(action);
    const person = personWith(role, me);
    expect(may(person, action)).toBe(free || permitsSome(builtinDecisions[role], action));
    expect(may(person, action, own)).toBe(free || builtinDecisions[role][action] === 'permit');
    expect(may(person, action, foreign)).toBe(false);
  });
});

test.each(everyAction)('a visitor may do %s where it needs no sign-in, and to no thing at all', (action) => {
  expect(may(visitor, action)).toBe(visitorActions.includes(action));
  expect(may(visitor, action, own)).toBe(false);
});

test('what no table names is denied to everybody', () => {
  for (const role of roles) expect(may(personWith(role, me), 'study.delete' as Action)).toBe(false);
});

test('what concerns the whole exchange is for the account that operates it', () => {
  const elsewhere = { operates: false, scope: null };
  const rights = rightsOf(builtinDecisions.administrator, [], elsewhere);
  for (const action of exchangeWide) {
    expect(may(personWith('administrator', me), action)).toBe(true);
    expect(may(personWith('administrator', { ...me, rights }), action)).toBe(false);
  }
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
  test.each(everyAction)('may do %s only where links have it, and only to that study', (action) => {
    const granted = linkActions.includes(action) && (download || action !== 'study.download');
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

describe('a qualifier', () => {
  const study = (more: Partial<Thing> = {}): Thing => ({ accountId: 'own', namespaceId: 'others', ...more });
  const mine = study({ namespaceId: 'mine' });
  const ours = study({ namespaceId: 'ours' });
  const granted = study({ grantedTo: ['mine'] });
  const grantedToUs = study({ grantedTo: ['ours'] });
  const inGroup = [{ namespaceId: 'ours', decisions: null }];
  const reaches = (decisions: Decisions, thing: Thing, groups = inGroup as Parameters<typeof rightsOf>[1]) =>
    may(personWith(decisions, { ...me, groups: [...groups] }), 'study.view', thing);

  test.each([
    ['own', [mine]],
    ['group', [ours]],
    ['granted', [granted, grantedToUs]],
    ['reason', [study({ openings: ['reason'] })]],
    ['emergency', [study({ openings: ['emergency'] })]],
  ] as const)('%s permits what it names and nothing else', (qualifier, things) => {
    const all = [
      study(),
      mine,
      ours,
      granted,
      grantedToUs,
      study({ openings: ['reason'] }),
      study({ openings: ['emergency'] }),
    ];
    for (const thing of all)
      expect(reaches({ [`study.view.${qualifier}`]: 'permit' }, thing)).toBe(things.some((one) => same(one, thing)));
  });

  test('denied takes away what it names, and nothing else', () => {
    expect(reaches({ 'study.view': 'permit', 'study.view.own': 'deny' }, mine)).toBe(false);
    expect(reaches({ 'study.view': 'permit', 'study.view.own': 'deny' }, ours)).toBe(true);
    expect(reaches({ 'study.view': 'deny', 'study.view.own': 'permit' }, mine)).toBe(false);
  });

  test('of a role in a group speaks of what is in that group, and of nothing else', () => {
    const role = [{ namespaceId: 'ours', decisions: { 'study.view': 'permit' } as const }];
    for (const thing of [ours, grantedToUs]) expect(reaches({}, thing, role)).toBe(true);
    for (const thing of [study(), mine, granted]) expect(reaches({}, thing, role)).toBe(false);
    expect(reaches({ 'study.view': 'deny' }, ours, role)).toBe(false);
    const denying = [{ namespaceId: 'ours', decisions: { 'study.view': 'deny' } as const }];
    expect(reaches({ 'study.view': 'permit' }, ours, denying)).toBe(false);
    expect(reaches({ 'study.view': 'permit' }, study(), denying)).toBe(true);
  });

  test('in a group permits nothing that concerns the account as a whole', () => {
    const everything = Object.fromEntries(allPermissions.map((name) => [name, 'permit' as const]));
    const person = personWith({}, { ...me, groups: [{ namespaceId: 'ours', decisions: everything }] });
    for (const action of everyAction.filter((one) => !signedInActions.includes(one))) {
      const inGroups = (actions[action] as readonly string[]).some((one) => one === 'group' || one === 'granted');
      expect([action, may(person, action)]).toEqual([action, inGroups]);
      expect(may(person, action, own)).toBe(false);
    }
  });

  test('what awaits approval is reached only with a permission for that', () => {
    const waiting = study({ unapproved: true });
    expect(reaches({ 'study.view': 'permit' }, waiting)).toBe(false);
    expect(reaches({ 'study.view': 'permit', 'study.view.unapproved': 'permit' }, waiting)).toBe(true);
    expect(reaches({ 'study.view.unapproved': 'permit' }, waiting)).toBe(false);
  });

  test('who it is of is seen only with a permission for that; by a link it is', () => {
    const person = (decisions: Decisions) => personWith(decisions, me);
    expect(mayIdentify(person({ 'study.view': 'permit' }), 'study.view', study())).toBe(false);
    const seeing = { 'study.view': 'permit', 'study.view.identity': 'permit' } as const;
    expect(mayIdentify(person(seeing), 'study.view', study())).toBe(true);
    expect(mayIdentify(person({ ...seeing, 'study.view.identity': 'deny' }), 'study.view', study())).toBe(false);
    expect(mayIdentify(visitor, 'study.view', study())).toBe(false);
  });

  test('what one made oneself is one’s own', () => {
    const person = personWith({ 'token.revoke.own': 'permit' }, me);
    expect(may(person, 'token.revoke', { ...own, userId: 'me' })).toBe(true);
    expect(may(person, 'token.revoke', { ...own, userId: 'you' })).toBe(false);
    expect(may(person, 'token.revoke', { ...own, userId: null })).toBe(false);
  });
});

test('a token carries what its scope names and its holder has, and every deny', () => {
  const scope = ['study.view.own', 'study.erase', 'nothing.known'];
  const rights = rightsOf({ 'study.view': 'permit', 'study.search': 'permit', 'link.open': 'deny' }, [], {
    operates: false,
    scope,
  });
  expect(rights.account).toEqual({ 'study.view.own': 'permit', 'link.open': 'deny' });
});

/** What the database does with a reach. */
function isIn(reach: Reach, thing: Thing): boolean {
  const within = (part: Part): boolean =>
    part.all ||
    part.livingIn.includes(thing.namespaceId as string) ||
    (thing.grantedTo ?? []).some((to) => part.grantedTo.includes(to)) ||
    (thing.openings ?? []).some((kind) => part.openings.includes(kind));
  const shown = !thing.unapproved || (within(reach.unapproved.permitted) && !within(reach.unapproved.denied));
  return within(reach.permitted) && !within(reach.denied) && shown;
}

describe('behind a locked screen', () => {
  const locked = personWith('member', { ...me, steps: ['unlock'] });

  test('an upload goes on as far as the role goes, and its person unlocks it; nothing else', () => {
    for (const action of everyAction) {
      const goesOn = (behindTheLock as readonly Action[]).includes(action);
      const allowed = goesOn ? may(personWith('member', me), action) : stepActions.unlock.includes(action);
      expect([action, may(locked, action)]).toEqual([action, allowed]);
    }
    expect(may(locked, 'study.add', { ...own, namespaceId: 'mine' })).toBe(true);
    expect(may(locked, 'study.add', { ...own, namespaceId: 'another' })).toBe(false);
    expect(may(personWith('guest', { ...me, steps: ['unlock'] }), 'instance.store')).toBe(false);
    expect(may(locked, 'study.view', { ...own, namespaceId: 'mine' })).toBe(false);
  });

  test('nothing goes on where something else is still to be done', () => {
    expect(may(personWith('member', { ...me, steps: ['unlock', 'accept-terms'] }), 'instance.store')).toBe(false);
  });
});

test('with identities closed rights lack every sight of who a study is of, in the account and in groups, and nothing else', () => {
  const groups = [{ namespaceId: 'theirs', decisions: builtinDecisions.guest }];
  const { rights } = personWith('member', { ...me, groups });
  const closed = withoutIdentities(rights) as Rights;
  for (const [open, shut] of [
    [rights.account, closed.account],
    [rights.groups.get('theirs'), closed.groups.get('theirs')],
  ] as const)
    expect(Object.keys(shut ?? {})).toEqual(Object.keys(open ?? {}).filter((name) => !name.endsWith('.identity')));
  expect(Object.keys(rights.account)).toContain('study.view.identity');
  // Whoever saw none has nothing to open; what is denied stays denied.
  const researcher = { 'study.view': 'permit', 'study.view.identity': 'deny' } as const;
  expect(withoutIdentities(rightsOf(researcher, [], { operates: false, scope: null }))).toBeUndefined();
});

test('a search reaches exactly what each study by itself would be opened for (property)', () => {
  const namespaces = ['mine', 'ours', 'theirs', 'others'];
  const actions = ['study.search', 'link.list', 'conflict.read'] as const;
  const about = allPermissions.filter((name) => actions.some((action) => name.startsWith(action)));
  const decisions: fc.Arbitrary<Decisions> = fc.dictionary(
    fc.constantFrom(...about),
    fc.constantFrom<Decision>('permit', 'permit', 'deny'),
    { maxKeys: 9 },
  );
  const thing: fc.Arbitrary<Thing> = fc.record({
    accountId: fc.constant('own'),
    namespaceId: fc.constantFrom(...namespaces),
    grantedTo: fc.subarray(namespaces),
    unapproved: fc.boolean(),
    openings: fc.subarray(['reason' as const, 'emergency' as const]),
    exact: fc.boolean(),
    userId: fc.constantFrom(me.userId, 'somebody', null),
  });
  const groups = fc.tuple(decisions, decisions).map(([ours, theirs]) => [
    { namespaceId: 'ours', decisions: ours },
    { namespaceId: 'theirs', decisions: theirs },
  ]);
  fc.assert(
    fc.property(decisions, groups, thing, fc.constantFrom(...actions), (account, some, study, action) => {
      const person = personWith(account, { ...me, groups: some });
      const how = { exact: study.exact === true, mine: study.userId === me.userId };
      expect(isIn(reachOf(person, action, how), study)).toBe(may(person, action, study));
    }),
    { numRuns: 3000 },
  );
});

const same = (a: Thing, b: Thing): boolean => JSON.stringify(a) === JSON.stringify(b);
