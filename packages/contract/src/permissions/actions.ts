/**
 * The names of everything that a route can ask the policy engine about, `object.verb`, each with the qualifiers it has:
 * what a browser needs of them. A permission is an action, or an action with one of its qualifiers behind it.
 */
export const actions = {
  'exchange.look': [],
  'account.setup': [],
  'session.look': [],
  'session.create': [],
  'session.delete': [],
  'link.open': [],
  'token.create': [],
  'invitation.accept': [],
  'password.reset': [],
  'email.confirm': [],
  'profile.view': [],
  'session.switch': [],
  'session.list': [],
  'session.end': [],
  'password.change': [],
  'factor.list': [],
  'factor.prove': [],
  'factor.enrol': [],
  'factor.remove': [],
  'factor.recover': [],
  'device.list': [],
  'device.forget': [],
  'session.prove': [],
  'session.lock': [],
  'identity.open': [],
  'identity.close': [],
  'identity.protect': [],
  'terms.read': [],
  'terms.accept': [],
  'email.change': [],

  'instance.store': [],
  'instance.held': [],
  'receipt.create': [],
  'study.search': ['own', 'group', 'granted', 'exact', 'reason', 'emergency', 'unapproved', 'identity'],
  'study.view': ['own', 'group', 'granted', 'reason', 'emergency', 'unapproved', 'identity'],
  'study.download': ['own', 'group', 'granted', 'reason', 'emergency', 'unapproved'],
  'study.add': ['own', 'group', 'granted', 'unapproved'],
  'study.approve': ['own', 'group'],
  'reason.state': [],
  'emergency.open': [],
  'emergency.view': ['own'],
  'emergency.review': [],

  'grant.list': ['own', 'group', 'granted'],
  'grant.create': ['own', 'group', 'granted'],
  'grant.revoke': ['own', 'group', 'granted'],
  'conflict.read': ['own', 'group'],
  'conflict.resolve': ['own', 'group'],
  'conflict.download': ['own', 'group'],
  'link.list': ['own', 'group', 'granted'],
  'link.create': ['own', 'group', 'granted'],
  'link.revoke': ['own', 'group', 'granted'],

  'account.view': [],
  'account.change': [],
  'account.transfer': [],
  'account.create': [],
  'account.list': [],
  'address.view': [],
  'address.set': [],
  'policy.view': [],
  'policy.set': [],
  'terms.view': [],
  'terms.set': [],
  'user.list': [],
  'user.view': ['own'],
  'user.create': [],
  'user.change': ['own'],
  'user.suspend': [],
  'password.require': [],
  'user.reset': [],
  'user.remove': ['own'],
  'user.explain': ['own'],
  'factor.reset': [],
  'identity.clear': [],
  'service.create': [],
  'role.list': [],
  'role.view': [],
  'role.create': [],
  'role.change': [],
  'role.delete': [],
  'role.compare': [],
  'role.assign': [],
  'group.list': [],
  'group.view': ['group'],
  'group.create': [],
  'group.change': ['group'],
  'group.delete': [],
  'group.enrol': ['group'],
  'location.list': [],
  'location.view': ['group'],
  'location.create': [],
  'location.change': ['group'],
  'location.delete': [],
  'location.enrol': ['group'],
  'token.list': ['own'],
  'token.issue': ['own'],
  'token.revoke': ['own'],

  'usage.view': [],
  'quota.set': [],
  'storage.view': [],
  'storage.sweep': [],
  'storage.scrub': [],
  'storage.rewrite': [],
  'study.erase': ['own', 'group'],
  'patient.erase': [],
  'account.erase': [],
  'erasure.view': [],
  'hold.view': ['own', 'group'],
  'hold.place': ['own', 'group'],
  'hold.release': [],
  'backup.view': [],
  'backup.make': [],
  'backup.drill': [],
  'backup.schedule': [],
  'backup.release': [],
  'metrics.view': [],
  'key.view': [],
  'key.schedule': [],
  'key.rotate': [],
  'key.reseal': [],
  'audit.view': ['own'],
} as const satisfies Readonly<Record<string, readonly Qualifier[]>>;

/**
 * Where a permission holds. The first seven narrow: `study.view.own` permits less than `study.view`. The last two widen:
 * `study.view` alone opens nothing that awaits approval, and shows pseudonyms.
 */
export const qualifiers = [
  'own',
  'group',
  'granted',
  'exact',
  'reason',
  'emergency',
  'unapproved',
  'identity',
] as const;
export type Qualifier = (typeof qualifiers)[number];

export type Action = keyof typeof actions;
type Of<A extends Action> = (typeof actions)[A][number] extends infer Q extends string ? `${A}.${Q}` : never;
/** An action, or an action with a qualifier. */
export type Permission = Action | { [A in Action]: Of<A> }[Action];

/** Those that concern the exchange as a whole: only the account that operates it can have them. */
export const exchangeWide: ReadonlySet<Action> = new Set<Action>([
  'account.create',
  'account.list',
  'quota.set',
  'storage.view',
  'storage.sweep',
  'storage.scrub',
  'storage.rewrite',
  'backup.view',
  'backup.make',
  'backup.drill',
  'backup.schedule',
  'backup.release',
  'metrics.view',
]);

/** Every permission there is, in the order of the catalogue: each action, and behind it the same with each of its qualifiers. */
export const allPermissions: readonly Permission[] = Object.entries(actions).flatMap(([action, some]) => [
  action as Action,
  ...some.map((qualifier) => `${action}.${qualifier}` as Permission),
]);

/** `study.view.own` → `study.view` and `own`. */
export function partsOf(permission: Permission): {
  readonly action: Action;
  readonly qualifier: Qualifier | undefined;
} {
  const [object, verb, qualifier] = permission.split('.');
  return { action: `${object}.${verb}` as Action, qualifier: qualifier as Qualifier | undefined };
}
