import { type SignInEffect, type SignInEffectKind, type SignInPolicy, signInPolicy } from '@symbolon/contract';
import { formatCount } from '../ui/amounts.ts';

/** The rules that are amounts; `off` says what an empty field means, where it may be empty. */
export type AmountRule = 'passwordCharacters' | 'trustedDeviceDays' | 'idleMinutes' | 'sessionHours' | 'lockMinutes';
const amountRules: readonly AmountRule[] = [
  'passwordCharacters',
  'trustedDeviceDays',
  'idleMinutes',
  'sessionHours',
  'lockMinutes',
];
const rangeOf: Readonly<Record<AmountRule, readonly [least: number, most: number]>> = {
  passwordCharacters: [10, 64],
  trustedDeviceDays: [0, 90],
  idleMinutes: [5, 720],
  sessionHours: [1, 24],
  lockMinutes: [1, 120],
};

/** What is typed, as it stands in the form. */
export type PolicyDraft = Omit<SignInPolicy, AmountRule> & Readonly<Record<AmountRule, string>>;

export function draftOf(policy: SignInPolicy): PolicyDraft {
  const texts = Object.fromEntries(amountRules.map((rule) => [rule, String(policy[rule] ?? '')]));
  return { ...policy, ...(texts as Record<AmountRule, string>) };
}

/** What is wrong with an amount; an empty one is right where the rule can be off. */
export function faultIn(rule: AmountRule, text: string): string | undefined {
  if (text.trim() === '' && rule === 'lockMinutes') return undefined;
  const number = /^\d{1,4}$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (signInPolicy.shape[rule].safeParse(number).success) return undefined;
  const [least, most] = rangeOf[rule];
  return `A whole number from ${least} to ${most}${rule === 'lockMinutes' ? ', or nothing' : ''}.`;
}

/** The policy that a draft is, or undefined where something is wrong with it. */
export function policyIn(draft: PolicyDraft): SignInPolicy | undefined {
  if (amountRules.some((rule) => faultIn(rule, draft[rule]) !== undefined)) return undefined;
  const numbers = amountRules.map((rule) => [rule, draft[rule].trim() === '' ? null : Number(draft[rule])]);
  return signInPolicy.parse({ ...draft, ...Object.fromEntries(numbers) });
}

export const isSame = (one: SignInPolicy, other: SignInPolicy): boolean =>
  (Object.keys(one) as (keyof SignInPolicy)[]).every((rule) => one[rule] === other[rule]);

/** Of a number of people, one and many. */
const does: Readonly<Record<SignInEffectKind, readonly [one: string, many: string]>> = {
  'password-now': [
    'chooses a new password at once, before anything else opens',
    'choose a new password at once, before anything else opens',
  ],
  'password-soon': ['chooses a new password within 14 days', 'choose a new password within 14 days'],
  'password-next': [
    'keeps the password there is; the next one has to keep these rules',
    'keep the password they have; the next one has to keep these rules',
  ],
  enrol: [
    'sets up a second factor at once, before anything else opens',
    'set up a second factor at once, before anything else opens',
  ],
  'trust-ends': [
    'is asked for the second factor again in a browser that was trusted',
    'are asked for the second factor again in browsers that were trusted',
  ],
  'session-ends': ['is signed out somewhere at once', 'are signed out somewhere at once'],
  'session-shorter': ['is signed out sooner than now', 'are signed out sooner than now'],
  'screen-locks': [
    'finds the screen locked when nobody touched it for that long',
    'find the screen locked when nobody touched it for that long',
  ],
  'identities-close': [
    'sees no identities before a second password is given',
    'see no identities before a second password is given',
  ],
};

export function effectText({ kind, count }: Pick<SignInEffect, 'kind' | 'count'>): string {
  const [one, many] = does[kind];
  return `${formatCount(count, 'person', 'people')} ${count === 1 ? one : many}.`;
}

/** What who saves it will be led through right after; undefined where it is nothing. */
export function yoursText(effects: readonly SignInEffect[]): string | undefined {
  const mine = effects.filter(({ you }) => you).map(({ kind }) => kind);
  if (mine.includes('session-ends')) return 'You will be signed out here or elsewhere, and sign in again.';
  const steps = [
    mine.includes('password-now') && 'choose a new password',
    mine.includes('enrol') && 'set up a second factor',
  ].filter((step) => step !== false);
  return steps.length === 0 ? undefined : `You will ${steps.join(' and ')} right after, before you go on.`;
}
