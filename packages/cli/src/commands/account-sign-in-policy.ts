import { setSignInPolicy, signInEffects, signInPolicy } from '@symbolon/client';
import {
  type SignInEffect,
  type SignInEffectKind,
  type SignInPolicy,
  signInPolicy as signInPolicyForm,
} from '@symbolon/contract';
import { Command, InvalidArgumentError } from 'commander';
import { exitCodes } from '../exit-codes.ts';
import { countText } from '../terminal/amounts.ts';
import { safeText } from '../terminal/safe-text.ts';
import { say } from './erasure-run.ts';
import { connected, type Where, withWhere } from './people-words.ts';

type Rule = { readonly flag: string; readonly value: string; readonly means: string };

/** Each rule with its option, in the order in which they are shown. */
const rules: Readonly<Record<keyof SignInPolicy, Rule>> = {
  passwordCharacters: { flag: 'password-characters', value: 'n', means: 'how long a password is at least, 10 to 64' },
  passwordKinds: { flag: 'password-kinds', value: 'on|off', means: 'three of small, capital letters, digits, others' },
  passwordScore: { flag: 'password-score', value: 'n', means: 'how hard to guess at least, 0 (not asked) to 4' },
  passwordDays: { flag: 'password-days', value: 'n|off', means: 'how old a password gets: 30, 60 or 90 days, or off' },
  secondFactor: { flag: 'second-factor', value: 'how', means: 'optional or required' },
  trustedDeviceDays: {
    flag: 'trusted-days',
    value: 'n',
    means: 'how long a trusted browser is not asked for it, 0 to 90',
  },
  secondPassword: { flag: 'second-password', value: 'on|off', means: 'identities open only after a second password' },
  idleMinutes: { flag: 'idle-minutes', value: 'n', means: 'a session without a request ends after so long, 5 to 720' },
  sessionHours: { flag: 'session-hours', value: 'n', means: 'and after so long whatever happens, 1 to 24' },
  lockMinutes: { flag: 'lock-minutes', value: 'n|off', means: 'an untouched screen is locked after so long, 1 to 120' },
};
const names = Object.keys(rules) as (keyof SignInPolicy)[];

const switches: ReadonlySet<string> = new Set<keyof SignInPolicy>(['passwordKinds', 'secondPassword']);

function readRule(name: keyof SignInPolicy, text: string): Partial<SignInPolicy> {
  const off = switches.has(name) ? false : null;
  const number = /^\d{1,4}$/.test(text) ? Number(text) : text;
  const read = signInPolicyForm.shape[name].safeParse(text === 'on' ? true : text === 'off' ? off : number);
  if (!read.success) throw new InvalidArgumentError(`It is ${rules[name].value}: ${rules[name].means}.`);
  return { [name]: read.data };
}

const shown = (value: SignInPolicy[keyof SignInPolicy]): string =>
  value === null || value === false ? 'off' : value === true ? 'on' : String(value);

function sayPolicy(policy: SignInPolicy): void {
  for (const name of names)
    say(`--${rules[name].flag.padEnd(20)} ${shown(policy[name]).padEnd(9)} ${rules[name].means}`);
}

const effectWords: Readonly<Record<SignInEffectKind, string>> = {
  'password-now': 'choose a new password with their next request',
  'password-soon': 'choose a new password within 14 days',
  'password-next': 'keep their password; the next one has to keep more rules',
  enrol: 'set up a second factor with their next request',
  'trust-ends': 'are asked for the second factor again in a browser that they trust',
  'session-ends': 'are signed out somewhere at once',
  'session-shorter': 'are signed out sooner somewhere',
  'screen-locks': 'have an untouched screen locked',
  'identities-close': 'see no identities until they gave a second password',
};

function sayEffect({ kind, count, you, people, next }: SignInEffect): void {
  say(`${countText(count, 'person', 'people')}${you ? ' (you among them)' : ''}: ${effectWords[kind]}`);
  for (const { name, email } of people) say(`  ${safeText(name)}${email === null ? '' : ` (${safeText(email)})`}`);
  if (next !== null) say(`  and ${count - people.length} more`);
}

type Set = Where & { readonly rule: Partial<SignInPolicy>; readonly changePasswords?: true; readonly dryRun?: true };

async function set({ rule, changePasswords, dryRun, ...where }: Set): Promise<number> {
  const exchange = await connected(where);
  const { policy: before } = await signInPolicy(exchange);
  const wanted = { policy: { ...before, ...rule }, changePasswords: changePasswords ?? false };
  const { effects } = await signInEffects(exchange, wanted);
  if (effects.length === 0) say('Nobody who is in the account now is concerned at once.');
  effects.forEach(sayEffect);
  if (dryRun) return exitCodes.done;
  sayPolicy((await setSignInPolicy(exchange, wanted)).policy);
  return exitCodes.done;
}

/** How people of the account sign in. */
export function accountSignInPolicyCommand(finish: (code: number) => void): Command {
  const setting = new Command('set').summary('set some of the rules; the others stay');
  const rule: Record<string, unknown> = {};
  for (const name of names)
    setting.option(`--${rules[name].flag} <${rules[name].value}>`, rules[name].means, (text) =>
      Object.assign(rule, readRule(name, text)),
    );
  setting
    .option('--change-passwords', 'everybody chooses a new password before they go on, you too')
    .option('--dry-run', 'say what it would do and to whom, and change nothing');
  return new Command('sign-in-policy')
    .summary('how people of the account sign in: passwords, second factors, sessions')
    .addCommand(
      withWhere(
        new Command('show').summary('the rules that hold'),
        'Shows the rules, each with the option of "sign-in-policy set" that sets it.',
        'account sign-in-policy show',
      ).action(async (flags: Where) => {
        sayPolicy((await signInPolicy(await connected(flags))).policy);
        finish(exitCodes.done);
      }),
    )
    .addCommand(
      withWhere(
        setting,
        "Says what the change does to whom, then makes it: it holds from everybody's next request on. Programs are not concerned.",
        'account sign-in-policy set --password-characters 12 --second-factor required --dry-run',
      ).action(async (flags: Where) => finish(await set({ ...flags, rule }))),
    );
}
