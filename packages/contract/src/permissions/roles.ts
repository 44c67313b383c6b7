import type { SignInStep } from '../sign-in.ts';
import { type Action, allPermissions, type Permission } from './actions.ts';
import type { Decisions } from './decisions.ts';

export const roles = ['administrator', 'member', 'patient', 'guest'] as const;
/** The roles that every account has from the start; their decisions are the release's. */
export type Role = (typeof roles)[number];

/** What anybody may do who is not signed in. */
export const visitorActions: readonly Action[] = [
  'exchange.look',
  'account.setup',
  'session.look',
  'session.create',
  'session.delete',
  'token.create',
  'link.open',
  'invitation.accept',
  'password.reset',
  'email.confirm',
];

/** What somebody may do who is signed in, whatever their role: nothing of it is in a role, so no role can lock its holder out. */
export const signedInActions: readonly Action[] = [
  ...visitorActions,
  'profile.view',
  'session.switch',
  'session.list',
  'session.end',
  'password.change',
  'factor.list',
  'factor.prove',
  'factor.enrol',
  'factor.remove',
  'factor.recover',
  'device.list',
  'device.forget',
  'session.prove',
  'session.lock',
  'identity.open',
  'identity.close',
  'identity.protect',
  'terms.read',
  'terms.accept',
  'email.change',
];

const always = visitorActions;

/** What a session may that has this step to do, before which it may nothing else; whatever the role. */
export const stepActions: Readonly<Record<SignInStep, readonly Action[]>> = {
  'second-factor': [...always, 'factor.prove'],
  unlock: [...always, 'session.prove'],
  'change-password': [...always, 'password.change'],
  enrol: [...always, 'factor.enrol', 'session.prove'],
  'accept-terms': [...always, 'terms.read', 'terms.accept'],
};

/** What goes on behind a locked screen, as far as the role goes: an upload that was begun. Nothing of it is shown, nor given out. */
export const behindTheLock: readonly Action[] = ['instance.store', 'instance.held', 'receipt.create', 'study.add'];

/** What who came by a link may do with the one study of that link; `study.download` only where the link says so. */
export const linkActions: readonly Action[] = ['study.view', 'study.download'];

const guest: readonly Permission[] = [
  'study.search.granted',
  'study.search.identity',
  'study.view.granted',
  'study.view.identity',
];

const patient: readonly Permission[] = [
  ...guest,
  'study.search.own',
  'study.view.own',
  'study.download.own',
  'study.download.granted',
];

const member: readonly Permission[] = [
  ...patient,
  'study.search.group',
  'study.search.unapproved',
  'study.view.group',
  'study.view.unapproved',
  'study.download.group',
  'study.download.unapproved',
  'instance.store',
  'instance.held',
  'receipt.create',
  'study.add.own',
  'study.add.group',
  'study.add.unapproved',
  'conflict.read.own',
  'conflict.read.group',
  'grant.list.own',
  'grant.list.group',
  'grant.create.own',
  'grant.create.group',
  'grant.revoke.own',
  'grant.revoke.group',
  'link.list.own',
  'link.list.group',
  'link.create.own',
  'link.create.group',
  'link.revoke.own',
  'link.revoke.group',
  'group.view.group',
  'location.view.group',
  'user.view.own',
  'user.explain.own',
  'token.list.own',
  'token.issue.own',
  'token.revoke.own',
  'emergency.view.own',
  'usage.view',
];

const permitted = (all: readonly Permission[]): Decisions =>
  Object.fromEntries(all.map((permission) => [permission, 'permit']));

/** Two ways round the reach of a role, which an account gives to whom it trusts with them: nobody has them from the start. */
const given = /^(reason\.state|emergency\.open|study\.[a-z]+\.(reason|emergency))$/;
const ofNoRole = new Set<Permission>(signedInActions);

/** What each built-in role is permitted; what is absent is denied. A new user gets the lowest role, `guest`. */
export const builtinDecisions: Readonly<Record<Role, Decisions>> = {
  guest: permitted(guest),
  patient: permitted(patient),
  member: permitted(member),
  administrator: permitted(allPermissions.filter((name) => !ofNoRole.has(name) && !given.test(name))),
};
