import type { Action, AuditRecord } from '@symbolon/contract';
import { formatCount } from '../ui/amounts.ts';

/** Actions that no route asks about, but that are recorded. */
type RecordedOnly = 'instance.keep-aside' | 'key.backup' | 'key.restore' | 'backup.restore';

/** `did`: that it happened; `tried`: what was refused or failed, after a colon. */
type Words = { readonly did: string; readonly tried: string };

const words: Readonly<Record<Action | RecordedOnly, Words>> = {
  'exchange.look': { did: 'Looked at the state of the exchange', tried: 'looking at the state of the exchange' },
  'account.setup': { did: 'Set up the account', tried: 'setting up the account' },
  'session.look': { did: 'Looked whether somebody is signed in', tried: 'looking whether somebody is signed in' },
  'session.create': { did: 'Signed in', tried: 'signing in' },
  'session.delete': { did: 'Signed out', tried: 'signing out' },
  'link.open': { did: 'Opened a link', tried: 'opening a link' },
  'token.create': { did: 'Got an API token', tried: 'getting an API token' },
  'profile.view': { did: 'Looked at the own profile', tried: 'looking at the own profile' },
  'factor.list': { did: 'Looked at the own second factors', tried: 'looking at the own second factors' },
  'factor.prove': { did: 'Showed the second factor', tried: 'showing the second factor' },
  'factor.enrol': { did: 'Added a second factor', tried: 'adding a second factor' },
  'factor.remove': { did: 'Removed a second factor', tried: 'removing a second factor' },
  'factor.recover': { did: 'Got new recovery codes', tried: 'getting new recovery codes' },
  'factor.reset': { did: 'Took somebody’s second factors away', tried: 'taking somebody’s second factors away' },
  'device.list': { did: 'Looked at the own browsers', tried: 'looking at the own browsers' },
  'device.forget': { did: 'Forgot a browser', tried: 'forgetting a browser' },
  'instance.store': { did: 'Sent images', tried: 'sending images' },
  'instance.held': { did: 'Asked which files are held already', tried: 'asking which files are held already' },
  'instance.keep-aside': {
    did: 'Kept images aside that differ from those held',
    tried: 'images that differ from those held; they were kept aside',
  },
  'receipt.create': { did: 'Got a receipt', tried: 'getting a receipt' },
  'study.search': { did: 'Searched studies', tried: 'searching studies' },
  'study.view': { did: 'Opened the study', tried: 'opening a study' },
  'study.download': { did: 'Downloaded the study’s files', tried: 'downloading a study’s files' },
  'conflict.read': { did: 'Looked at what was kept aside', tried: 'looking at what was kept aside' },
  'conflict.resolve': {
    did: 'Chose between images held and kept aside',
    tried: 'choosing between images held and kept aside',
  },
  'conflict.download': { did: 'Got the file of an image kept aside', tried: 'getting the file of an image kept aside' },
  'link.list': { did: 'Looked at links and their uses', tried: 'looking at links and their uses' },
  'link.create': { did: 'Made a link', tried: 'making a link' },
  'link.revoke': { did: 'Revoked a link', tried: 'revoking a link' },
  'user.list': { did: 'Looked at the list of people', tried: 'looking at the list of people' },
  'usage.view': { did: 'Looked at how much is held', tried: 'looking at how much is held' },
  'quota.set': { did: 'Set how much may be held', tried: 'setting how much may be held' },
  'storage.view': { did: 'Looked at the room of the stores', tried: 'looking at the room of the stores' },
  'storage.sweep': { did: 'Swept leftovers out of the stores', tried: 'sweeping leftovers out of the stores' },
  'storage.scrub': {
    did: 'Compared what is held with what was sent',
    tried: 'comparing what is held with what was sent',
  },
  'storage.rewrite': { did: 'Packed what is held anew', tried: 'packing what is held anew' },
  'study.erase': { did: 'Erased a study, or parts of it', tried: 'erasing a study, or parts of it' },
  'patient.erase': { did: 'Erased a patient', tried: 'erasing a patient' },
  'account.erase': { did: 'Erased the whole account', tried: 'erasing the whole account' },
  'erasure.view': { did: 'Looked at what was erased', tried: 'looking at what was erased' },
  'hold.view': { did: 'Looked at holds', tried: 'looking at holds' },
  'hold.place': { did: 'Placed a hold', tried: 'placing a hold' },
  'hold.release': { did: 'Released a hold', tried: 'releasing a hold' },
  'backup.view': { did: 'Looked at the backups', tried: 'looking at the backups' },
  'backup.make': { did: 'Made a backup', tried: 'making a backup' },
  'backup.drill': { did: 'Tried a restore', tried: 'trying a restore' },
  'backup.schedule': { did: 'Set the schedule of backups', tried: 'setting the schedule of backups' },
  'backup.release': {
    did: 'Decided about what a restore brought back',
    tried: 'deciding about what a restore brought back',
  },
  'backup.restore': { did: 'Restored everything from a backup', tried: 'restoring everything from a backup' },
  'metrics.view': { did: 'Looked at the figures for monitoring', tried: 'looking at the figures for monitoring' },
  'key.view': { did: 'Looked at the ages of keys', tried: 'looking at the ages of keys' },
  'key.backup': { did: 'Made a backup of all keys', tried: 'making a backup of all keys' },
  'key.restore': { did: 'Restored keys from a backup', tried: 'restoring keys from a backup' },
  'key.schedule': { did: 'Set when keys are replaced', tried: 'setting when keys are replaced' },
  'key.rotate': { did: 'Rotated keys', tried: 'rotating keys' },
  'key.reseal': { did: 'Sealed everything anew under new keys', tried: 'sealing everything anew under new keys' },
  'invitation.accept': { did: 'Took up an invitation', tried: 'taking up an invitation' },
  'session.list': { did: 'Looked where they are signed in', tried: 'looking where they are signed in' },
  'session.end': { did: 'Signed out elsewhere', tried: 'signing out elsewhere' },
  'password.reset': {
    did: 'Set a new password by a link, or asked for the link',
    tried: 'setting a new password by a link',
  },
  'email.change': { did: 'Asked to change their e-mail address', tried: 'changing their e-mail address' },
  'email.confirm': { did: 'Changed their e-mail address', tried: 'changing their e-mail address' },
  'user.reset': { did: 'Had a link made for a new password', tried: 'having a link made for a new password' },
  'password.change': { did: 'Changed their password', tried: 'changing their password' },
  'session.prove': { did: 'Showed again who they are', tried: 'showing again who they are' },
  'session.lock': { did: 'Locked their screen', tried: 'locking their screen' },
  'identity.open': { did: 'Opened identities', tried: 'opening identities' },
  'identity.close': { did: 'Closed identities', tried: 'closing identities' },
  'identity.protect': { did: 'Chose their second password', tried: 'choosing their second password' },
  'identity.clear': {
    did: 'Cleared somebody’s second password',
    tried: 'clearing somebody’s second password',
  },
  'terms.read': { did: 'Read the terms of use', tried: 'reading the terms of use' },
  'terms.accept': { did: 'Accepted the terms of use', tried: 'accepting the terms of use' },
  'terms.view': {
    did: 'Looked who accepted the terms of use',
    tried: 'looking who accepted the terms of use',
  },
  'terms.set': { did: 'Set the terms of use', tried: 'setting the terms of use' },
  'session.switch': { did: 'Went on in another account', tried: 'going on in another account' },
  'study.add': { did: 'Added to a study', tried: 'adding to a study' },
  'study.approve': { did: 'Decided about the approval of a study', tried: 'deciding about the approval of a study' },
  'reason.state': { did: 'Stated a reason for opening a study', tried: 'stating a reason for opening a study' },
  'emergency.open': { did: 'Opened studies in an emergency', tried: 'opening studies in an emergency' },
  'emergency.view': { did: 'Looked at what was opened for a reason', tried: 'looking at what was opened for a reason' },
  'emergency.review': { did: 'Reviewed what was opened for a reason', tried: 'reviewing what was opened for a reason' },
  'grant.list': { did: 'Looked at grants', tried: 'looking at grants' },
  'grant.create': { did: 'Granted a study', tried: 'granting a study' },
  'grant.revoke': { did: 'Revoked a grant', tried: 'revoking a grant' },
  'account.view': { did: 'Looked at the settings of the account', tried: 'looking at the settings of the account' },
  'account.change': { did: 'Changed the settings of the account', tried: 'changing the settings of the account' },
  'account.transfer': { did: 'Made somebody else the owner', tried: 'making somebody else the owner' },
  'account.create': { did: 'Made another account', tried: 'making another account' },
  'account.list': { did: 'Looked at the list of accounts', tried: 'looking at the list of accounts' },
  'address.view': { did: 'Looked at the address lists', tried: 'looking at the address lists' },
  'address.set': { did: 'Set an address list', tried: 'setting an address list' },
  'policy.view': { did: 'Looked at how people sign in', tried: 'looking at how people sign in' },
  'policy.set': { did: 'Set how people sign in', tried: 'setting how people sign in' },
  'user.view': { did: 'Looked at a person', tried: 'looking at a person' },
  'user.create': { did: 'Added a person', tried: 'adding a person' },
  'user.change': { did: 'Changed a person', tried: 'changing a person' },
  'user.suspend': {
    did: 'Suspended a person, or let them in again',
    tried: 'suspending a person, or letting them in again',
  },
  'password.require': {
    did: 'Had a person choose a new password',
    tried: 'having a person choose a new password',
  },
  'user.remove': { did: 'Removed a person', tried: 'removing a person' },
  'user.explain': { did: 'Looked at what a person may do', tried: 'looking at what a person may do' },
  'service.create': { did: 'Added a program', tried: 'adding a program' },
  'role.list': { did: 'Looked at the list of roles', tried: 'looking at the list of roles' },
  'role.view': { did: 'Looked at a role', tried: 'looking at a role' },
  'role.create': { did: 'Made a role', tried: 'making a role' },
  'role.change': { did: 'Changed a role', tried: 'changing a role' },
  'role.delete': { did: 'Deleted a role', tried: 'deleting a role' },
  'role.compare': { did: 'Compared roles', tried: 'comparing roles' },
  'role.assign': { did: 'Gave a person another role', tried: 'giving a person another role' },
  'token.list': { did: 'Looked at API tokens', tried: 'looking at API tokens' },
  'token.issue': { did: 'Made an API token', tried: 'making an API token' },
  'token.revoke': { did: 'Revoked an API token', tried: 'revoking an API token' },
  'group.list': { did: 'Looked at the list of groups', tried: 'looking at the list of groups' },
  'group.view': { did: 'Looked at a group', tried: 'looking at a group' },
  'group.create': { did: 'Made a group', tried: 'making a group' },
  'group.change': { did: 'Changed a group', tried: 'changing a group' },
  'group.delete': { did: 'Deleted a group', tried: 'deleting a group' },
  'group.enrol': { did: 'Changed who is in a group', tried: 'changing who is in a group' },
  'location.list': { did: 'Looked at the list of locations', tried: 'looking at the list of locations' },
  'location.view': { did: 'Looked at a location', tried: 'looking at a location' },
  'location.create': { did: 'Made a location', tried: 'making a location' },
  'location.change': { did: 'Changed a location', tried: 'changing a location' },
  'location.delete': { did: 'Deleted a location', tried: 'deleting a location' },
  'location.enrol': { did: 'Changed who is in a location', tried: 'changing who is in a location' },
  'audit.view': { did: 'Looked at the audit trail', tried: 'looking at the audit trail' },
};

/** Every action that one can filter by, with its words, in alphabetical order of those. */
export const actionChoices: readonly { readonly value: string; readonly label: string }[] = Object.entries(words)
  .map(([value, { did }]) => ({ value, label: did }))
  .sort((a, b) => a.label.localeCompare(b.label, 'en'));

/** Reasons that a record names in its detail, by their codes. */
const reasons: Readonly<Record<string, string>> = {
  ACCESS_REFUSED: 'the role does not allow it',
  ACCESS_TOO_MANY_TRIES: 'too many tries',
  EMERGENCY_NOTHING_FOUND: 'no study has this identifier',
  ERASURE_CHANGED: 'it was not what had been looked at',
  ERASURE_HELD: 'a hold stopped it',
  LINK_EXPIRED: 'the link has expired',
  LINK_NOT_FOUND: 'there is no such link',
  LINK_PASSWORD_WRONG: 'wrong password of the link',
  LINK_REVOKED: 'the link was revoked',
  SETUP_SECRET_WRONG: 'wrong set-up secret',
};

/** Why it usually is refused, where a record does not say. A link that is over or unknown is told so without a record. */
const usualReasons: Readonly<Partial<Record<string, string>>> = {
  'link.open': 'wrong password, or too many tries',
};

type Wording = Pick<AuditRecord, 'action' | 'outcome' | 'detail' | 'kind' | 'study'>;

/** What a record says happened, in plain words. An action that this page does not know is shown by its name. */
export function wordsOf({ action, outcome, detail, kind, study }: Wording): string {
  const known = Object.hasOwn(words, action) ? words[action as Action] : undefined;
  // Of one study's series and images the opening is a reading of that study, and says no more than that.
  if (outcome === 'success' && action === 'study.search' && detail === null && study === null) return begunToSearch;
  if (outcome === 'success') return known === undefined ? action : (fuller(action, detail, kind) ?? known.did);
  const tried = known?.tried ?? action;
  const reason = reasonIn(detail) ?? (Object.hasOwn(usualReasons, action) ? usualReasons[action] : undefined);
  return `${outcome === 'refused' ? 'Refused' : 'Failed'}: ${tried}${reason === undefined ? '' : ` (${reason})`}`;
}

/** The opening of searches has no detail, ever: the searches are records of their own, and a crash may have taken them. */
const begunToSearch =
  'Began to search: the searches follow within half a minute, or it counts as all that they could see';

/** Where the detail says how much it was: of a reading, once it was written, and of what was sent. */
function fuller(action: string, detail: unknown, kind: AuditRecord['kind']): string | undefined {
  if (action === 'instance.store') {
    const sent = lengthOf(fieldOf(detail, 'instances'));
    const held = lengthOf(fieldOf(detail, 'heldAlready'));
    if (sent !== undefined) return `Sent ${imagesText(sent)}`;
    return held === undefined ? undefined : `Sent ${imagesText(held)} that ${held === 1 ? 'was' : 'were'} held already`;
  }
  if (action === 'conflict.resolve') return choiceText(detail);
  if (action.endsWith('.erase')) return erasureText(detail, kind);
  if (action === 'hold.place') return holdText(fieldOf(detail, 'of'));
  if (action.startsWith('grant.')) return grantText(action, detail, kind);
  if (action === 'study.approve') return approvalText(fieldOf(detail, 'approved'));
  if (action === 'emergency.open' && fieldOf(detail, 'openAnyway') === true)
    return 'Asked in an emergency for a study that was open to them';
  if (action === 'emergency.review' && fieldOf(detail, 'ended') === true)
    return 'Reviewed what was opened for a reason, and ended it';
  if (action === 'key.schedule') return scheduleText(fieldOf(detail, 'after'));
  if (action === 'key.rotate' && fieldOf(detail, 'search') === true)
    return fieldOf(detail, 'asked') === true
      ? 'Asked for new keys that studies are found by'
      : 'All studies are found by new keys';
  if (action === 'key.rotate' && fieldOf(detail, 'asked') === true) return 'Asked for new keys for all patients';
  if (action !== 'study.view' && action !== 'study.download') return undefined;
  const verb = action === 'study.view' ? 'Viewed' : 'Downloaded';
  const instances = fieldOf(detail, 'instances');
  if (instances === 'all') return `${verb} images of the study, up to all of them`;
  const amount = lengthOf(instances);
  if (amount === undefined) return undefined;
  return amount === 0 ? 'Looked at the facts of the study' : `${verb} ${imagesText(amount)} of the study`;
}

/** What was chosen between what was held and what was kept aside. */
function choiceText(detail: unknown): string | undefined {
  const choice = fieldOf(detail, 'choice');
  if (choice !== 'new' && choice !== 'held') return undefined;
  if (fieldOf(detail, 'undone') === true) return 'Undid a choice between images held and kept aside';
  const amount = lengthOf(fieldOf(detail, 'instances'));
  if (amount === undefined) return undefined;
  return choice === 'new'
    ? `Took ${imagesText(amount)} that had been kept aside, in place of those held`
    : `Kept ${imagesText(amount)} held, and those that differ aside`;
}

const erasedKinds: Readonly<Record<string, string>> = {
  study: 'a study',
  series: 'series of a study',
  instances: 'images of a study',
  patient: 'a patient',
  account: 'the whole account',
};

/** Looking at what would go is recorded under the same action, and must not read as if it had gone. */
function erasureText(detail: unknown, kind: AuditRecord['kind']): string | undefined {
  if (kind === 'read') return 'Looked at what an erasure would take';
  const what = fieldOf(detail, 'what');
  if (typeof what !== 'string' || !Object.hasOwn(erasedKinds, what)) return undefined;
  if (fieldOf(detail, 'certified') === true) return `Certified the erasure of ${erasedKinds[what]}`;
  const amount = lengthOf(fieldOf(detail, 'instances'));
  return `Erased ${erasedKinds[what]}${amount === undefined ? '' : `, ${imagesText(amount)}`}`;
}

const heldWhat: Readonly<Record<string, string>> = {
  study: 'a study',
  patient: 'all studies of a patient',
  account: 'the whole account',
};

function holdText(of: unknown): string | undefined {
  return typeof of === 'string' && Object.hasOwn(heldWhat, of) ? `Placed a hold on ${heldWhat[of]}` : undefined;
}

/** To whom, and how much of it. */
function grantText(action: string, detail: unknown, kind: AuditRecord['kind']): string | undefined {
  if (action === 'grant.create' && kind === 'read') return 'Looked for people to grant a study to';
  const to = fieldOf(detail, 'to');
  if (action === 'grant.list' || typeof to !== 'string') return undefined;
  const amount = lengthOf(fieldOf(detail, 'series'));
  const what = amount === undefined ? 'the study' : `${formatCount(amount, 'series', 'series')} of the study`;
  if (action === 'grant.revoke') return `Revoked the grant of ${what} to ${to}`;
  return kind === 'update' ? `Set until when ${what} is granted to ${to}` : `Granted ${what} to ${to}`;
}

function approvalText(approved: unknown): string | undefined {
  if (approved === true) return 'Approved the study';
  return approved === false ? 'Took the approval of the study back' : undefined;
}

/** After how many days patients' keys are replaced from now on. */
function scheduleText(after: unknown): string | undefined {
  const days = fieldOf(after, 'patientDays');
  if (days === null) return 'Set that patients’ keys are replaced on demand only';
  const amount = lengthOf(days);
  return amount === undefined ? undefined : `Set that patients’ keys are replaced after ${formatCount(amount, 'day')}`;
}

/** Some details list what they speak of, some count it. */
function lengthOf(value: unknown): number | undefined {
  if (Array.isArray(value)) return value.length;
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

const imagesText = (amount: number): string => formatCount(amount, 'image');

function reasonIn(detail: unknown): string | undefined {
  for (const name of ['reason', 'code', 'why']) {
    const reason = fieldOf(detail, name);
    if (typeof reason === 'string' && Object.hasOwn(reasons, reason)) return reasons[reason];
  }
  return undefined;
}

function fieldOf(detail: unknown, name: string): unknown {
  const isObject = typeof detail === 'object' && detail !== null;
  return isObject && Object.hasOwn(detail, name) ? (detail as Record<string, unknown>)[name] : undefined;
}

export const outcomeLabels: Readonly<Record<AuditRecord['outcome'], string>> = {
  success: 'Success',
  refused: 'Refused',
  failure: 'Failure',
};

export const kindLabels: Readonly<Record<AuditRecord['kind'], string>> = {
  create: 'Made something',
  read: 'Looked at something',
  update: 'Changed something',
  delete: 'Deleted something',
  execute: 'Did something',
};

export const proofLabels: Readonly<Record<NonNullable<AuditRecord['by']>, string>> = {
  session: 'in the browser',
  token: 'with an API token',
  link: 'by a link',
};

type Doer = Pick<AuditRecord, 'who' | 'by' | 'outcome'>;

/** Who did it. A name that was given and not proved is not taken for the person. */
export function whoText({ who: { kind, name }, by, outcome }: Doer): string {
  if (kind === 'link') return name === '' ? 'Somebody with a link' : `Somebody with a ${name}`;
  if (kind === 'exchange') return 'The exchange itself';
  if (kind === 'visitor') return 'A visitor who was not known';
  const person = name === '' ? 'A person who is no longer known' : name;
  return by === null && outcome !== 'success' ? `Somebody as ${person}` : person;
}
