/**
 * Every action that a route can ask the policy engine about, as `object.verb`, with what it allows in one sentence.
 * A permission enters this table together with the route that enforces it.
 */
export const permissions = {
  'exchange.look': 'See that the exchange is alive and which key it signs receipts with; needs no sign-in.',
  'account.setup': 'Make the first account and its owner, with the one-time set-up secret.',
  'token.create': 'Get an API token for oneself with e-mail address and password.',
  'profile.view': 'See who one is signed in as, and what one may do.',
  'instance.store': 'Send DICOM instances into the own namespace.',
  'instance.held': 'Ask which of a list of SHA-256 digests the exchange already holds.',
  'receipt.create': 'Get a signed receipt for instances that are held.',
  'study.search': 'Search studies, series and instances.',
  'study.view': 'Open a study: its images and its metadata.',
  'study.download': 'Get the files of a study exactly as they were sent.',
} as const;

export type Action = keyof typeof permissions;

export const roles = ['administrator', 'member', 'patient', 'guest'] as const;
export type Role = (typeof roles)[number];

const visitor: readonly Action[] = ['exchange.look', 'account.setup', 'token.create'];
const guest: readonly Action[] = [...visitor, 'profile.view'];
const reader: readonly Action[] = [...guest, 'study.search', 'study.view'];

/** What each built-in role is permitted; what is absent is denied. A new user gets the lowest role, `guest`. */
export const rolePermissions: Readonly<Record<Role | 'visitor', readonly Action[]>> = {
  visitor,
  guest,
  patient: [...reader, 'study.download'],
  member: [...reader, 'instance.store', 'instance.held', 'receipt.create', 'study.download'],
  administrator: [...reader, 'instance.store', 'instance.held', 'receipt.create', 'study.download'],
};
