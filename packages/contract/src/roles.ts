import { z } from 'zod';
import { lineOf } from './line.ts';
import { roleNamed } from './people.ts';
import {
  type Action,
  actions,
  allPermissions,
  type Permission,
  qualifiers,
  templateNames,
} from './permissions/index.ts';

const count = z.int().nonnegative();
export const permissionName = z.enum(allPermissions as [Permission, ...Permission[]]);
const actionName = z.enum(Object.keys(actions) as [Action, ...Action[]]);
const decision = z.enum(['permit', 'deny']);
const decisions = z.partialRecord(permissionName, decision);

/** One permission of the catalogue, in words. `exchangeWide`: only the account that operates the exchange can have it. */
export const permissionRow = z.object({
  permission: permissionName,
  action: actionName,
  qualifier: z.enum(qualifiers).nullable(),
  sentence: z.string(),
  exchangeWide: z.boolean(),
});
export const permissionsAnswer = z.object({ permissions: z.array(permissionRow) });
export type PermissionsAnswer = z.infer<typeof permissionsAnswer>;

/** `people`: who has it in the account; `groups`: for how many it is the role of new members; `inGroups`: memberships of groups that have it of their own. */
export const roleRow = roleNamed.extend({
  says: z.string(),
  people: count,
  groups: count,
  inGroups: count,
  changedAt: z.iso.datetime(),
});
export type RoleRow = z.infer<typeof roleRow>;
export const rolesAnswer = z.object({ roles: z.array(roleRow) });
export type RolesAnswer = z.infer<typeof rolesAnswer>;

/** `beyondYou`: what it permits and who asks has not: with any such, they can neither change it nor hand it out. */
export const roleAnswer = roleRow.extend({
  decisions,
  addresses: z.array(z.string()),
  beyondYou: z.array(permissionName),
  /** Whether who has it in the account needs a second factor; and how many of them have none. */
  secondFactor: z.boolean(),
  withoutFactor: count,
});
export type RoleAnswer = z.infer<typeof roleAnswer>;

const says = z
  .string()
  .trim()
  .max(500)
  .regex(/^\P{Cc}*$/u, 'must not contain control characters');

/** A new role: decisions of its own, or those of another role or of a template. At most one of the three. */
export const createRoleRequest = z
  .strictObject({
    name: lineOf(100),
    says: says.optional(),
    decisions: decisions.optional(),
    cloneOf: z.uuid().optional(),
    template: z.enum(templateNames).optional(),
  })
  .refine(
    (asked) => [asked.decisions, asked.cloneOf, asked.template].filter((one) => one !== undefined).length <= 1,
    'takes one of decisions, cloneOf and template',
  );
export type CreateRoleRequest = z.input<typeof createRoleRequest>;

/** What is absent stays as it is; `decisions` are all of them anew. */
export const changeRoleRequest = z.strictObject({
  name: lineOf(100).optional(),
  says: says.optional(),
  decisions: decisions.optional(),
});
export type ChangeRoleRequest = z.input<typeof changeRoleRequest>;

/** Whether who has the role in the account needs a second factor. */
export const roleFactorRequest = z.strictObject({ required: z.boolean() });

/** `deleted`: the role that was. */
export const deletedRoleAnswer = z.object({ deleted: roleNamed });

/** Roles to begin with, as they come with the release. */
export const templatesAnswer = z.object({
  templates: z.array(
    z.object({
      template: z.enum(templateNames),
      name: z.string(),
      says: z.string(),
      decisions,
      beyondYou: z.array(permissionName),
    }),
  ),
});
export type TemplatesAnswer = z.infer<typeof templatesAnswer>;

export const compareRolesQuery = z.strictObject({ one: z.uuid(), other: z.uuid() });
/** What a role says of a permission, null where nothing; and whether, with what else it says, it permits it. */
const said = z.object({ says: decision.nullable(), permits: z.boolean() });
/** Only where two roles differ; `same`: in how many permissions they do not. `permits`: how many permissions each permits in all. */
export const roleComparison = z.object({
  one: roleNamed.extend({ permits: count }),
  other: roleNamed.extend({ permits: count }),
  same: count,
  differences: z.array(z.object({ permission: permissionName, sentence: z.string(), one: said, other: said })),
});
export type RoleComparison = z.infer<typeof roleComparison>;
