/** The rules for passwords: told in the browser while one types, held by the exchange. */
export type PasswordRule = { readonly text: string; readonly kept: boolean };

const minCharacters = 10;
const minDifferent = 5;

export function passwordRules(password: string, email: string): readonly PasswordRule[] {
  const [name = ''] = email.trim().toLowerCase().split('@');
  // One letter or two are in many a good pass phrase by chance.
  const contains = name.length >= 3 && password.toLowerCase().includes(name);
  return [
    { text: `At least ${minCharacters} characters`, kept: [...password.normalize('NFC')].length >= minCharacters },
    { text: `At least ${minDifferent} different characters`, kept: new Set(password).size >= minDifferent },
    { text: 'Does not contain your e-mail name', kept: password !== '' && !contains },
  ];
}

export function isStrongEnough(password: string, email: string): boolean {
  return passwordRules(password, email).every(({ kept }) => kept);
}
