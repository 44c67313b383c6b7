import { type PasswordPolicy, standardPasswordPolicy } from './sign-in.ts';

/**
 * The rules for passwords: told in the browser while one types, held by the exchange. `kept` is null where the exchange alone can
 * tell: how hard a password is to guess, which takes lists that no page loads.
 */
export type PasswordRule = { readonly text: string; readonly kept: boolean | null };

const minDifferent = 5;
const wantedKinds = 3;

/**
 * What holds for somebody who is in several accounts: of each rule the strictest, since the password is theirs and not an account's.
 *
 * Law  a password that keeps it keeps the rules of each; the order does not matter; of none it is the standard.
 */
export function strictest(policies: readonly PasswordPolicy[]): PasswordPolicy {
  const all = [standardPasswordPolicy, ...policies];
  return {
    passwordCharacters: Math.max(...all.map(({ passwordCharacters }) => passwordCharacters)),
    passwordKinds: all.some(({ passwordKinds }) => passwordKinds),
    passwordScore: Math.max(...all.map(({ passwordScore }) => passwordScore)),
  };
}

const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\p{Nd}/u, /[^\p{Ll}\p{Lu}\p{Nd}]/u] as const;

export function passwordRules(
  password: string,
  email: string,
  policy: PasswordPolicy = standardPasswordPolicy,
): readonly PasswordRule[] {
  const [name = ''] = email.trim().toLowerCase().split('@');
  // One letter or two are in many a good pass phrase by chance.
  const contains = name.length >= 3 && password.toLowerCase().includes(name);
  const composed = password.normalize('NFC');
  const { passwordCharacters, passwordKinds, passwordScore } = policy;
  const rules: PasswordRule[] = [
    { text: `At least ${passwordCharacters} characters`, kept: [...composed].length >= passwordCharacters },
    { text: `At least ${minDifferent} different characters`, kept: new Set(password).size >= minDifferent },
    { text: 'Does not contain your e-mail name', kept: password !== '' && !contains },
  ];
  if (passwordKinds)
    rules.push({
      text: 'Three of these: small letters, capital letters, digits, other characters',
      kept: kinds.filter((kind) => kind.test(composed)).length >= wantedKinds,
    });
  if (passwordScore > 0)
    rules.push({ text: 'Hard to guess: no common words, names, dates or rows of keys alone', kept: null });
  return rules;
}

/** Whether it breaks no rule that can be told from the password alone. */
export function isStrongEnough(password: string, email: string, policy?: PasswordPolicy): boolean {
  return passwordRules(password, email, policy).every(({ kept }) => kept !== false);
}
