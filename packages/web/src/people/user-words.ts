import type { MailProblem, UserCard, UserKind, UserRow, UserState } from '@symbolon/contract';
import { formatMoment } from '../ui/amounts.ts';

export const stateWords: Readonly<Record<UserState, string>> = {
  invited: 'Invited',
  active: 'Active',
  suspended: 'Suspended',
  removed: 'Removed',
};

export const stateTones = { invited: 'wait', active: 'good', suspended: 'bad', removed: 'plain' } as const;

export const kindWords: Readonly<Record<UserKind, string>> = { person: 'Person', service: 'Program' };

/** When somebody was last here, in a few words. */
export function lastUseText({ state, lastUsedAt }: Pick<UserRow, 'state' | 'lastUsedAt'>): string {
  if (lastUsedAt !== null) return `Last here ${formatMoment(lastUsedAt)}`;
  return state === 'invited' ? 'Has not come yet' : 'Was never here';
}

export type Deed = 'new password' | 'suspend' | 'let in' | 'remove' | 'leave';
type DeedWords = { readonly button: string; readonly title: string; readonly says: string; readonly done: string };

/** What is asked before somebody is kept out or let in, with what it does. */
export function deedWords(deed: Deed, { name, kind }: Pick<UserRow, 'name' | 'kind'>): DeedWords {
  const who = name;
  const signIn =
    kind === 'service' ? 'Its tokens open nothing' : 'They can sign in no more and their tokens open nothing';
  switch (deed) {
    case 'new password':
      return {
        button: 'Ask for a new password',
        title: `Have ${who} choose a new password?`,
        says: `With the next request ${who} chooses a new password before anything else opens, in every account. It takes the one they have now: who forgot it needs a reset. Tokens go on.`,
        done: `${who} chooses a new password before going on.`,
      };
    case 'suspend':
      return {
        button: 'Suspend',
        title: `Suspend ${who}?`,
        says: `From the next request on ${who} is kept out. ${signIn} until you let them in again. Role, groups, studies and tokens stay as they are.`,
        done: `${who} is suspended.`,
      };
    case 'let in':
      return {
        button: 'Let in again',
        title: `Let ${who} in again?`,
        says: `What ${who} could do before they can do again, with the same role, groups and tokens.`,
        done: `${who} is let in again.`,
      };
    case 'remove':
      return {
        button: 'Remove',
        title: `Remove ${who} from the account?`,
        says: `${who} loses the role, every group, and every token for good. What they sent stays in the account, and what they did stays in the audit under their name. To let them in later, add them anew.`,
        done: `${who} is removed.`,
      };
    case 'leave':
      return {
        button: 'Leave the account',
        title: 'Leave this account?',
        says: 'You lose your role, every group, and every token of yours here, and you are signed out. What you sent stays in the account, what you did in its audit.',
        done: 'You left the account.',
      };
  }
}

/** What may be done with somebody: `may` is what the role of who looks permits at all. */
export function deedsFor(
  { user, withinReach, passwordMustChange }: Pick<UserCard, 'user' | 'withinReach' | 'passwordMustChange'>,
  isMe: boolean,
  may: { readonly suspend: boolean; readonly remove: boolean; readonly password: boolean },
): readonly Deed[] {
  if (user.state === 'removed') return [];
  if (isMe) return may.remove && !user.isOwner ? ['leave'] : [];
  if (user.isOwner || !withinReach) return [];
  const deeds: Deed[] = [];
  if (may.password && user.state === 'active' && user.kind === 'person' && !passwordMustChange)
    deeds.push('new password');
  if (may.suspend && user.state === 'suspended') deeds.push('let in');
  if (may.suspend && user.state === 'active') deeds.push('suspend');
  if (may.remove) deeds.push('remove');
  return deeds;
}

/** Why nothing can be done with somebody, where it is not for lack of a permission. */
export function whyNothing({ user, withinReach }: Pick<UserCard, 'user' | 'withinReach'>): string | undefined {
  if (user.state === 'removed') return 'Was removed from the account.';
  if (user.isOwner)
    return 'Owns the account: nobody can suspend or remove them, or change their role, before it has another owner.';
  if (!withinReach)
    return 'May do more than you: only somebody who may as much can change their role, suspend or remove them.';
  return undefined;
}

const mailProblemWords: Readonly<Record<MailProblem, string>> = {
  refused: 'the mail server says that there is no such mailbox, or that it takes no mail of ours',
  'put off': 'the mail server put it off',
  'sign-in': 'the mail server does not take the password of the exchange',
  certificate: 'the certificate of the mail server could not be verified',
  away: 'the mail server does not answer',
  other: 'the mail server does not take mails of the exchange',
};

/** What became of an invitation that has not gone out. */
export function mailText({ problem, givenUp }: NonNullable<UserCard['invitationMail']>): string {
  if (problem === null) return 'The invitation is on its way to their mailbox.';
  const why = mailProblemWords[problem];
  return givenUp
    ? `The invitation could not be mailed: ${why}. Check the address, and make a new one.`
    : `The invitation has not gone out yet: ${why}. It is tried again.`;
}
