const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** What mails are about, and how long each is tried: a link that works for an hour is of no use a day later. Unit: milliseconds. */
export const triedForMs = {
  invitation: dayMs,
  'password-reset': 60 * minuteMs,
  'address-change': 60 * minuteMs,
  'address-change-asked': dayMs,
  'address-changed': dayMs,
  'password-changed': dayMs,
  'factor-added': dayMs,
  'factor-removed': dayMs,
  'recovery-code-used': dayMs,
  'new-device': dayMs,
  'password-guessed': dayMs,
} as const;
export type MailKind = keyof typeof triedForMs;
