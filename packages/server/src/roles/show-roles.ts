import {
  type actions,
  allPermissions,
  exchangeWide,
  type PermissionsAnswer,
  partsOf,
  permits,
  type RoleAnswer,
  type RoleComparison,
  type RolesAnswer,
  roleTemplates,
  sentenceOf,
  type TemplatesAnswer,
  templateNames,
} from '@symbolon/contract';
import { beyondOf, decisionsOf, type SignedIn } from '../access/index.ts';
import { roleNotFound } from './errors.ts';
import { roleById, rolesOf, type StoredRole } from './role.store.ts';
import { answerOf, type RolesDeps, roleNamedOf, rowOf } from './roles-deps.ts';

type Looked = 'role.list' | 'role.view' | 'role.compare' | 'role.create';

async function record({ database, audit }: RolesDeps, actor: SignedIn, action: Looked, roles?: readonly string[]) {
  const detail = roles === undefined ? {} : { detail: { roles } };
  await audit.record(database, [{ actor, action, kind: 'read', outcome: 'success', ...detail }]);
}

/** Every permission in words. It is the release's, and says nothing of anybody. */
export const catalogue = (): PermissionsAnswer => ({
  permissions: allPermissions.map((permission) => {
    const { action, qualifier } = partsOf(permission);
    return {
      permission,
      action: action satisfies keyof typeof actions,
      qualifier: qualifier ?? null,
      sentence: sentenceOf(permission),
      exchangeWide: exchangeWide.has(action),
    };
  }),
});

export async function listRoles(deps: RolesDeps, actor: SignedIn): Promise<RolesAnswer> {
  await record(deps, actor, 'role.list');
  return { roles: (await rolesOf(deps.database, actor.accountId)).map(rowOf) };
}

export async function listTemplates(deps: RolesDeps, actor: SignedIn): Promise<TemplatesAnswer> {
  await record(deps, actor, 'role.create');
  return {
    templates: templateNames.map((template) => {
      const { name, says, decisions } = roleTemplates[template];
      return { template, name, says, decisions, beyondYou: beyondOf(actor, decisions) };
    }),
  };
}

async function roleOf({ database }: RolesDeps, { accountId }: SignedIn, id: string): Promise<StoredRole> {
  const role = await roleById(database, accountId, id);
  if (!role) throw roleNotFound();
  return role;
}

/** @throws RolesError ROLE_NOT_FOUND */
export async function showRole(deps: RolesDeps, actor: SignedIn, id: string): Promise<RoleAnswer> {
  const role = await roleOf(deps, actor, id);
  await record(deps, actor, 'role.view', [id]);
  return answerOf(role, actor);
}

/** Where two roles differ, in what they say or in what they permit. @throws RolesError ROLE_NOT_FOUND */
export async function compareRoles(
  deps: RolesDeps,
  actor: SignedIn,
  asked: { readonly one: string; readonly other: string },
): Promise<RoleComparison> {
  const [one, other] = [await roleOf(deps, actor, asked.one), await roleOf(deps, actor, asked.other)];
  await record(deps, actor, 'role.compare', [asked.one, asked.other]);
  const [first, second] = [decisionsOf(one), decisionsOf(other)];
  const said = (decisions: typeof first, name: (typeof allPermissions)[number]) => ({
    says: decisions[name] ?? null,
    permits: permits(decisions, name),
  });
  const rows = allPermissions.map((name) => ({ permission: name, one: said(first, name), other: said(second, name) }));
  const differences = rows
    .filter((row) => row.one.says !== row.other.says || row.one.permits !== row.other.permits)
    .map((row) => ({ ...row, sentence: sentenceOf(row.permission) }));
  const permitted = (side: 'one' | 'other') => rows.filter((row) => row[side].permits).length;
  return {
    one: { ...roleNamedOf(one), permits: permitted('one') },
    other: { ...roleNamedOf(other), permits: permitted('other') },
    same: rows.length - differences.length,
    differences,
  };
}
