import {
  type ChangeRoleRequest,
  type CreateRoleRequest,
  deletedRoleAnswer,
  pathOf,
  paths,
  type RoleAnswer,
  type RoleComparison,
  type RolesAnswer,
  roleAnswer,
  roleComparison,
  rolesAnswer,
  type TemplatesAnswer,
  templatesAnswer,
} from '@symbolon/contract';
import { call, type Exchange } from './exchange.ts';
import { queryText } from './query-text.ts';

/** The roles of the account, those that every account has included. */
export function roles(exchange: Exchange, signal?: AbortSignal): Promise<RolesAnswer> {
  return call(exchange, { path: paths.roles, answer: rolesAnswer, signal });
}

/** A role with all that it permits and denies. */
export function role(exchange: Exchange, roleId: string, signal?: AbortSignal): Promise<RoleAnswer> {
  return call(exchange, { path: pathOf(paths.role, { roleId }), answer: roleAnswer, signal });
}

export function createRole(exchange: Exchange, request: CreateRoleRequest): Promise<RoleAnswer> {
  return call(exchange, { path: paths.roles, json: request, answer: roleAnswer });
}

/** What is absent stays as it is; `decisions` are all of them anew. */
export function changeRole(exchange: Exchange, roleId: string, request: ChangeRoleRequest): Promise<RoleAnswer> {
  return call(exchange, { method: 'PATCH', path: pathOf(paths.role, { roleId }), json: request, answer: roleAnswer });
}

/** Deletes a role that nobody has. */
export async function deleteRole(exchange: Exchange, roleId: string): Promise<void> {
  await call(exchange, { method: 'DELETE', path: pathOf(paths.role, { roleId }), answer: deletedRoleAnswer });
}

/** Roles to begin with. */
export function templates(exchange: Exchange, signal?: AbortSignal): Promise<TemplatesAnswer> {
  return call(exchange, { path: paths.roleTemplates, answer: templatesAnswer, signal });
}

/** Where two roles differ. */
export function compareRoles(
  exchange: Exchange,
  one: string,
  other: string,
  signal?: AbortSignal,
): Promise<RoleComparison> {
  return call(exchange, { path: paths.roleComparison + queryText({ one, other }), answer: roleComparison, signal });
}

/** Whether who has a role needs a second factor. */
export function setRoleFactor(exchange: Exchange, roleId: string, required: boolean): Promise<RoleAnswer> {
  const path = pathOf(paths.roleFactor, { roleId });
  return call(exchange, { method: 'PUT', path, json: { required }, answer: roleAnswer });
}

/** From where a role can be used, anew. */
export function setRoleAddresses(exchange: Exchange, roleId: string, all: readonly string[]): Promise<RoleAnswer> {
  const path = pathOf(paths.roleAddresses, { roleId });
  return call(exchange, { method: 'PUT', path, json: { addresses: all }, answer: roleAnswer });
}
