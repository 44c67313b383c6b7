/** A password that somebody chose does not keep a rule, which the message says. Never the password. */
export class PasswordTooWeak extends Error {
  override readonly name = 'PasswordTooWeak';
  readonly code = 'PASSWORD_TOO_WEAK';
  constructor(rule: string) {
    super(`A password must keep this rule: ${rule}.`);
  }
}

/** More passwords wait to be judged than may. */
export class PasswordsBusy extends Error {
  override readonly name = 'PasswordsBusy';
  readonly code = 'PASSWORDS_BUSY';
  constructor() {
    super('Too many passwords are looked at just now. Try again in a moment.');
  }
}
