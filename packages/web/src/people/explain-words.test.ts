import type { ExplainedPermission, Reason } from '@symbolon/contract';
import { expect, test } from 'vitest';
import { passing, reachText, verdicts, verdictWords, whyText } from './explain-words.ts';

const role = (name: string) => ({ id: '7b6c0d52-0000-4000-8000-000000000001', name, builtin: null });
const account: Reason = { from: 'account', group: null, role: role('Reader'), said: 'study.view', says: 'permit' };
const group: Reason = {
  ...account,
  from: 'group',
  group: { id: '7b6c0d52-0000-4000-8000-000000000002', name: 'Heart' },
  role: role('Guest'),
};
const one: ExplainedPermission = {
  permission: 'study.view',
  sentence: 'Open a study.',
  verdict: 'permitted',
  groups: [],
  except: [],
  why: [account],
  hindered: null,
};

test.each([
  [{}, 'The role Reader in the account permits it.'],
  [{ permission: 'study.view.own' }, 'The role Reader in the account permits it, by study.view.'],
  [{ why: [account, group] }, 'The role Reader in the account and the role Guest in the group Heart permit it.'],
  [{ verdict: 'some groups', why: [group] }, 'The role Guest in the group Heart permits it.'],
  [{ verdict: 'denied', why: [{ ...account, says: 'deny' }] }, 'The role Reader in the account denies it.'],
  [
    { verdict: 'denied', why: [{ ...account, says: 'deny' }, group] },
    'The role Reader in the account denies it. Another role permits it, but a denial wins.',
  ],
  [{ verdict: 'unset', why: [] }, 'No role of theirs says anything of it, so it is not permitted.'],
  [{ why: [{ ...account, from: 'sign-in', role: null }] }, 'Whoever is signed in may do this.'],
] as const)('why %j is told in a sentence', (change, text) => {
  expect(whyText({ ...one, ...change } as ExplainedPermission)).toBe(text);
});

test('what concerns the whole exchange is no role’s to give', () => {
  expect(whyText({ ...one, verdict: 'unset', hindered: 'exchange-wide' })).toContain('does not operate');
});

test('what is permitted in some groups is found among what is permitted, and words narrow it', () => {
  const all = verdicts.map((verdict) => ({ ...one, verdict }));
  expect(passing(all, 'permitted', '').map(({ verdict }) => verdict)).toEqual(['permitted', 'some groups']);
  expect(passing(all, 'denied', '')).toHaveLength(1);
  expect(passing(all, 'all', 'OPEN view')).toHaveLength(4);
  expect(passing(all, 'all', 'erase')).toEqual([]);
  for (const verdict of verdicts) expect(verdictWords[verdict]).toBeDefined();
});

test('how many studies somebody finds is told with why, and none as none', () => {
  const none = { studies: 0, own: 0, group: 0, granted: 0, all: false };
  expect(reachText(none, false)).toBe('They find no study.');
  expect(reachText({ ...none, studies: 3, own: 2, granted: 1 }, true)).toBe(
    'You find 3 studies: 2 of your own, 1 that was granted.',
  );
  expect(reachText({ ...none, studies: 1, all: true }, false)).toBe('They find 1 study: all of the account.');
});
