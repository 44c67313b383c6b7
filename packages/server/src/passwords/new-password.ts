import { type PasswordPolicy, passwordRules } from '@symbolon/contract';
import type { BreachedList } from './breached-list.ts';
import { isCommon } from './common-passwords.ts';
import { PasswordTooWeak } from './errors.ts';
import { passwordScore } from './password-score.ts';

/** What the operator of the exchange gave: a list of leaked passwords, or none. */
export type PasswordLists = { readonly breached: BreachedList | undefined };

/**
 * That a password which somebody chooses keeps the rules: those that its page tells, and those for which lists are needed. What is
 * compared is as the hash is made of it (NFC), and, in the leaked ones, as it was typed, too.
 *
 * Cost  a look into memory and a handful of small reads; where `passwordScore` is asked for, some 0.2 s beside.
 *
 * @throws PasswordTooWeak  with the first rule that it breaks; PasswordsBusy
 */
export async function mustBeGood(
  { breached }: PasswordLists,
  { password, email }: { readonly password: string; readonly email: string },
  policy: PasswordPolicy,
): Promise<void> {
  const broken = passwordRules(password, email, policy).find(({ kept }) => kept === false);
  if (broken) throw new PasswordTooWeak(broken.text);
  const composed = password.normalize('NFC');
  if (await isCommon(composed)) throw new PasswordTooWeak('Not one of the passwords that are guessed first');
  for (const form of new Set([composed, password]))
    if (await breached?.has(form))
      throw new PasswordTooWeak('Not one that was leaked: it is in lists that thieves try');
  if (policy.passwordScore === 0) return;
  if ((await passwordScore(composed, email.split(/[@.]/))) < policy.passwordScore)
    throw new PasswordTooWeak('Harder to guess: more words, or words that do not belong together');
}
