import { z } from 'zod';
import { groupKinds } from './groups.ts';
import { roleNamed } from './people.ts';
import { type Action, actions, allPermissions, type Permission, qualifiers } from './permissions/index.ts';
import { studyRow } from './worklist.ts';

const permissionName = z.enum(allPermissions as [Permission, ...Permission[]]);
const actionName = z.enum(Object.keys(actions) as [Action, ...Action[]]);
const count = z.int().nonnegative();

/**
 * Who says something of a permission: the role in the account, the role in a group or location, or nobody's role, since it
 * comes with signing in. `said`: the permission that the role names; `study.view` permits `study.view.own`, too.
 */
export const reason = z.object({
  from: z.enum(['sign-in', 'account', ...groupKinds]),
  group: z.object({ id: z.uuid(), name: z.string() }).nullable(),
  role: roleNamed.nullable(),
  said: permissionName,
  says: z.enum(['permit', 'deny']),
});
export type Reason = z.infer<typeof reason>;

/** What keeps a permission from holding although a role permits it. */
export const hindrances = ['exchange-wide', 'token'] as const;

/**
 * `permitted`: everywhere in the account (what its qualifier leaves of it), but not in the groups that `except` names, whose role
 * denies it; `some groups`: only in those that `groups` names; `denied`: a role says so, which wins; `unset`: no role says
 * anything of it, so it is not permitted.
 */
export const explainedPermission = z.object({
  permission: permissionName,
  sentence: z.string(),
  verdict: z.enum(['permitted', 'some groups', 'denied', 'unset']),
  groups: z.array(z.uuid()),
  except: z.array(z.uuid()),
  why: z.array(reason),
  hindered: z.enum(hindrances).nullable(),
});
export type ExplainedPermission = z.infer<typeof explainedPermission>;

/** One action on one study: whether, and what the roles say of it that speak there. `approval`: it awaits approval, and nothing permits to reach what does. */
export const explainedAction = z.object({
  action: actionName,
  permitted: z.boolean(),
  why: z.array(reason),
  approval: z.boolean(),
});
export type ExplainedAction = z.infer<typeof explainedAction>;

export const explanationQuery = z.strictObject({ token: z.uuid().optional(), studyId: z.uuid().optional() });

/** What somebody may do, and why. `holding`: which qualifiers hold of the study that was asked about. */
export const explanationAnswer = z.object({
  user: z.object({ id: z.uuid(), name: z.string(), state: z.enum(['invited', 'active', 'suspended']) }),
  role: roleNamed,
  groups: z.array(z.object({ id: z.uuid(), kind: z.enum(groupKinds), name: z.string(), role: roleNamed.nullable() })),
  token: z.object({ id: z.uuid(), label: z.string(), scope: z.array(z.string()).nullable() }).nullable(),
  permissions: z.array(explainedPermission),
  study: z
    .object({
      id: z.uuid(),
      holding: z.array(z.enum(qualifiers)),
      unapproved: z.boolean(),
      actions: z.array(explainedAction),
    })
    .nullable(),
});
export type ExplanationAnswer = z.infer<typeof explanationAnswer>;

/**
 * How many studies somebody finds by a search, in all and by why; one may count under several. `all`: their role permits every study of
 * the account. Counting stops at 10,001, which says that there are more than 10,000.
 */
export const reachAnswer = z.object({
  user: z.object({ id: z.uuid(), name: z.string() }),
  studies: count,
  own: count,
  group: count,
  granted: count,
  all: z.boolean(),
});
export type ReachAnswer = z.infer<typeof reachAnswer>;

/**
 * The exchange as somebody sees it, for who may have it explained. `offers`: what they may do to something, whatever it is: by it
 * pages show what they show. `studies`: the first page that they find, newest arrival first, as far as who asks reaches it, too:
 * `hidden` more stand on it. A row says whose study it is where both may see that. `total` is null above 10,000.
 */
export const sightAnswer = z.object({
  user: z.object({ id: z.uuid(), name: z.string(), state: z.enum(['invited', 'active', 'suspended']) }),
  offers: z.array(actionName),
  studies: z.array(studyRow),
  hidden: count,
  total: count.nullable(),
});
export type SightAnswer = z.infer<typeof sightAnswer>;
