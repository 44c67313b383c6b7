/**
 * Every action that a route can ask the policy engine about, as `object.verb`, with what it allows in one sentence.
 * A permission enters this table together with the route that enforces it.
 */
export const permissions = {
  'exchange.look': 'See that the exchange is alive and which key it signs receipts with; needs no sign-in.',
  'account.setup': 'Make the first account and its owner, with the one-time set-up secret.',
  'session.look': 'See whether one is signed in, and whether the exchange was set up.',
  'session.create': 'Sign in with e-mail address and password.',
  'session.delete': 'Sign out.',
  'link.open': 'Look at a link, and open it with its secret and its password.',
  'token.create': 'Get an API token for oneself with e-mail address and password.',
  'profile.view': 'See who one is signed in as, and what one may do.',
  'instance.store': 'Send DICOM instances into the own namespace.',
  'instance.held': 'Ask which of a list of SHA-256 digests the exchange already holds.',
  'receipt.create': 'Get a signed receipt for instances that are held.',
  'study.search': 'Search studies, series and instances.',
  'study.view': 'Open a study: its images and its metadata.',
  'study.download': 'Get the files of a study.',
  'conflict.read': 'See which instances were kept aside, and how they differ from those held.',
  'conflict.resolve': 'Choose between what is held and what was kept aside, and undo it.',
  'conflict.download': 'Get the file of an instance that is kept aside.',
  'link.list': 'See the links to studies of the account, and how they were used.',
  'link.create': 'Make a link by which somebody without an account can open a study.',
  'link.revoke': 'Revoke a link.',
  'user.list': 'See the people of the account.',
  'usage.view': 'See how much the account holds, and how much it may.',
  'quota.set': 'Set how much the account may hold.',
  'storage.view': 'See how much room the exchange has, what its last sweep and scrub found, and how far compaction is.',
  'storage.sweep': 'Remove what a crash left in the stores.',
  'storage.scrub': 'Have everything that is held read again and compared with what was sent.',
  'storage.rewrite': 'Have small packs joined, and what is held compressed, now.',
  'study.erase': 'Erase a study, or series and instances of it, for ever.',
  'patient.erase': 'Erase a patient and all their studies, for ever.',
  'account.erase': 'Erase everything that the account holds, for ever, and close it.',
  'erasure.view': 'See what was erased, how far it is, and get the certificates.',
  'hold.view': 'See what holds a study, a patient or the account from being erased.',
  'hold.place': 'Hold a study, a patient or the account, so that nothing of it is erased.',
  'hold.release': 'Release a hold.',
  'backup.view': 'See which backups there are, how long they are kept, and how the last trial of a restore went.',
  'backup.make': 'Have a backup made now.',
  'backup.drill': 'Have a restore of the newest backup tried now.',
  'backup.schedule': 'Set how often backups are made and tried, and how long they are kept.',
  'backup.release': 'Decide about tokens and links that a restore brought back.',
  'metrics.view': 'See the figures of the exchange for a monitoring system.',
  'key.view': 'See how many keys there are and how old, and when they were last copied.',
  'key.schedule': 'Set after how many days the keys of patients are replaced.',
  'key.rotate': 'Replace the keys of all patients of the account now.',
  'key.reseal': 'Have everything that the account holds sealed anew under new keys.',
  'audit.view': 'See and export what happened to studies of the account, and what its people did.',
} as const;

export type Action = keyof typeof permissions;

export const roles = ['administrator', 'member', 'patient', 'guest'] as const;
export type Role = (typeof roles)[number];

const visitor: readonly Action[] = [
  'exchange.look',
  'account.setup',
  'session.look',
  'session.create',
  'session.delete',
  'token.create',
  'link.open',
];
const guest: readonly Action[] = [...visitor, 'profile.view'];
const reader: readonly Action[] = [...guest, 'study.search', 'study.view'];
const member: readonly Action[] = [
  ...reader,
  'instance.store',
  'instance.held',
  'receipt.create',
  'study.download',
  'conflict.read',
  'link.list',
  'link.create',
  'link.revoke',
  'usage.view',
];

/** What each built-in role is permitted; what is absent is denied. A new user gets the lowest role, `guest`. */
export const rolePermissions: Readonly<Record<Role | 'visitor', readonly Action[]>> = {
  visitor,
  guest,
  patient: [...reader, 'study.download'],
  member,
  administrator: [
    ...member,
    'conflict.resolve',
    'conflict.download',
    'user.list',
    'key.view',
    'key.schedule',
    'key.rotate',
    'key.reseal',
    'audit.view',
    'quota.set',
    'storage.view',
    'storage.sweep',
    'storage.scrub',
    'storage.rewrite',
    'study.erase',
    'patient.erase',
    'account.erase',
    'erasure.view',
    'hold.view',
    'hold.place',
    'hold.release',
    'backup.view',
    'backup.make',
    'backup.drill',
    'backup.schedule',
    'backup.release',
    'metrics.view',
  ],
};

/** What who came by a link may do with the one study of that link; `study.download` only where the link says so. */
export const linkPermissions: readonly Action[] = ['study.view', 'study.download'];
