import { pages } from '@symbolon/contract';
import type { Audit } from '../audit/index.ts';
import { inert, type Letter, letterOf, type MailKind, type MailRow, type Words } from '../mail/index.ts';
import type { Trx } from '../platform/db/database.ts';
import { newInvitation } from './invite.ts';
import { replaceAddressChange } from './mailed-link.store.ts';
import { recipientOf } from './mails.store.ts';
import { newReset } from './make-reset.ts';
import { memberOf } from './member.store.ts';
import { newOneTimeSecret } from './one-time-secret.ts';
import { accountName, namesOf, userForSignIn } from './people.store.ts';

export type MailWritingDeps = {
  readonly publicUrl: string;
  readonly audit: Audit;
  readonly now: () => Date;
};

type Addressed = { readonly to: string; readonly words: Words };
type Writer = (deps: MailWritingDeps, trx: Trx, mail: MailRow) => Promise<Addressed | undefined>;

const hourMs = 3_600_000;

/** Writes a mail as of now, and makes the secret of its link; undefined where there is nobody, or no reason, to tell it any more. */
export async function writeMail(deps: MailWritingDeps, trx: Trx, mail: MailRow): Promise<Letter | undefined> {
  const written = await writers[mail.kind](deps, trx, mail);
  return written && letterOf(written.to, written.words, deps.publicUrl);
}

const invitation: Writer = async (deps, trx, { userId, accountId, about }) => {
  if (userId === null || accountId === null) return undefined;
  const member = await memberOf(trx, accountId, userId);
  if (member?.state !== 'invited' || member.email === null) return undefined;
  const createdBy = about.by as string;
  const { address, expiresAt } = await newInvitation(deps, trx, { accountId, userId, createdBy });
  const inviter = inert((await namesOf(trx, accountId, [createdBy])).get(createdBy) ?? '');
  const account = inert(await accountName(trx, accountId));
  return {
    to: member.email,
    words: {
      subject: 'Invitation to an exchange for medical images',
      said: [
        `Hello ${inert(member.name)},`,
        `${inviter} invites you to the account “${account}” on an exchange for medical images.`,
      ],
      link: { text: 'Take up the invitation', address },
      below: [
        `The link works once, until ${expiresAt.slice(0, 10)}. Give it to nobody: whoever opens it can come in as you.`,
        'If you do not know what this is about, do nothing: without the link nobody comes in.',
      ],
    },
  };
};

const reset: Writer = async (deps, trx, { userId, about }) => {
  const user = await userForSignIn(trx, userId === null ? { email: about.email as string } : { id: userId });
  // Nobody has this address, or they are suspended, or they have not come yet: nothing is sent.
  if (!user) return undefined;
  const person = await recipientOf(trx, user.id);
  if (!person) return undefined;
  const { address } = await newReset(deps, trx, { userId: user.id, createdBy: about.by ?? null });
  await deps.audit.record(trx, [
    {
      actor: { kind: 'exchange', address: null },
      accountId: user.accountId,
      userId: user.id,
      action: 'password.reset',
      kind: 'create',
      outcome: 'success',
      detail: { mailed: true },
    },
  ]);
  return {
    to: person.email,
    words: {
      subject: 'A new password',
      said: [
        `Hello ${inert(person.name)},`,
        about.by === undefined
          ? 'Somebody, you we hope, asked to set a new password for your sign-in.'
          : 'An administrator of your account had this link made, by which you set a new password for your sign-in.',
      ],
      link: { text: 'Set a new password', address },
      below: [
        'The link works once, for an hour. You are signed out everywhere when you use it.',
        'If it was not you, do nothing: your password stays as it is.',
      ],
    },
  };
};

const addressChange: Writer = async ({ publicUrl, now }, trx, { userId, about }) => {
  const person = userId === null ? undefined : await recipientOf(trx, userId);
  if (!person || userId === null) return undefined;
  const { id, digest, text } = newOneTimeSecret();
  const createdAt = now();
  const expiresAt = new Date(createdAt.getTime() + hourMs);
  const email = about.to as string;
  await replaceAddressChange(trx, { id, digest, userId, email, createdAt, expiresAt });
  return {
    to: email,
    words: {
      subject: 'Is this your e-mail address?',
      said: [
        'Hello,',
        'Somebody who signs in to this exchange, you we hope, wants to do so with this e-mail address from now on.',
      ],
      link: { text: 'Use this address', address: `${publicUrl}${pages.newAddress}#${text}` },
      below: [
        'The link works once, for an hour, together with the password of who asked.',
        'If it was not you, do nothing.',
      ],
    },
  };
};

const forgotten = (publicUrl: string): string =>
  `If it was not you, set a new password at once: open ${publicUrl}${pages.reset}. That signs out everybody who is in with the old one. Then tell an administrator of your account.`;

/** A notice to somebody about their own sign-in, where it says something; by default to the address that they have. */
const notice =
  (subject: string, said: (about: MailRow['about']) => string, end?: (publicUrl: string) => string): Writer =>
  async ({ publicUrl }, trx, { userId, about }) => {
    const person = userId === null ? undefined : await recipientOf(trx, userId);
    if (!person) return undefined;
    const words = { subject, said: [`Hello ${inert(person.name)},`, said(about), (end ?? forgotten)(publicUrl)] };
    return { to: about.to ?? person.email, words };
  };

const writers: Readonly<Record<MailKind, Writer>> = {
  invitation,
  'password-reset': reset,
  'address-change': addressChange,
  'address-change-asked': notice(
    'Your e-mail address is to be changed',
    ({ email = '' }) =>
      `Somebody, you we hope, asked to sign in with ${email} instead of this address from now on. It is changed once the link is opened that was sent there.`,
    (publicUrl) =>
      `If it was not you, stop it: set a new password at ${publicUrl}${pages.reset}. That ends the change, and signs out everybody who is in with the old one.`,
  ),
  'address-changed': notice(
    'Your e-mail address was changed',
    ({ email = '' }) => `You sign in with ${email} from now on; this address is of no use any more.`,
    () => 'If it was not you, tell an administrator of your account at once.',
  ),
  'password-changed': notice('Your password was changed', () => 'The password of your sign-in was changed.'),
  'factor-added': notice(
    'A second factor was added',
    ({ what = 'a second factor' }) => `To your sign-in ${inert(what)} was added.`,
  ),
  'factor-removed': notice(
    'A second factor was removed',
    ({ what = 'a second factor' }) => `From your sign-in ${inert(what)} was removed.`,
  ),
  'recovery-code-used': notice(
    'A recovery code was used',
    ({ left = '' }) =>
      `Somebody signed in as you with a recovery code.${left === '' ? '' : ` ${inert(left)} are left.`}`,
  ),
  'new-device': notice(
    'Sign-in from a new browser',
    ({ device = '', address = '' }) =>
      `Somebody signed in as you in a browser that was not known: ${inert(device) || 'unknown'}, from ${address}.`,
  ),
  'password-guessed': notice(
    'Somebody is guessing your password',
    () =>
      'So many wrong passwords were tried with your address, from several places, that no more are looked at for a while. None of them was right. In a browser in which you signed in before you get in as always.',
    (publicUrl) =>
      `If you cannot get in elsewhere meanwhile, set a new password: open ${publicUrl}${pages.reset}. You need do nothing else; a second factor keeps out whoever guesses right one day.`,
  ),
};
