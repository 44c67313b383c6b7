/** A password that somebody chose does not keep a rule, which the message says. Never the password. */
export class PasswordTooWeak extends Error {
  override readonly name = 'PasswordTooWeak';
  readonly code = 'PASSWORD_TOO_WEAK';
  constructor(rule: string) {
    super(`A password must keep this rule: ${rule}.`);
  }
}
