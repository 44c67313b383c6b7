import {
  changeRole,
  compareRoles,
  createRole,
  deleteRole,
  role,
  roles,
  setRoleAddresses,
  setRoleFactor,
  templates,
} from '@symbolon/client';
import type { ChangeRoleRequest, CreateRoleRequest } from '@symbolon/contract';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { exchange } from '../app/exchange.ts';
import { mayDo, useMe } from '../app/session.ts';

/** The roles of the account; nothing is asked for by who may not see them. */
export function useRoles() {
  const me = useMe();
  return useQuery({
    queryKey: ['roles'],
    queryFn: ({ signal }) => roles(exchange, signal),
    enabled: mayDo(me, 'role.list'),
  });
}

export function useRole(roleId: string | undefined) {
  return useQuery({
    queryKey: ['roles', 'one', roleId],
    queryFn: ({ signal }) => role(exchange, roleId as string, signal),
    enabled: roleId !== undefined,
  });
}

export function useTemplates(enabled: boolean) {
  return useQuery({
    queryKey: ['roles', 'templates'],
    queryFn: ({ signal }) => templates(exchange, signal),
    enabled,
  });
}

export function useComparison(one: string, other: string) {
  return useQuery({
    queryKey: ['roles', 'compared', one, other],
    queryFn: ({ signal }) => compareRoles(exchange, one, other, signal),
    enabled: one !== '' && other !== '',
  });
}

/** `gone`: what is deleted by it, and is not asked for any more while its page is still there. */
function useChange<Input, Answer>(mutationFn: (input: Input) => Promise<Answer>, gone?: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn,
    onSettled: () => {
      for (const queryKey of [['roles'], ['users'], ['explanation'], ['session']])
        void queries.invalidateQueries({ queryKey, predicate: (query) => query.queryKey.at(-1) !== gone });
    },
  });
}

export const useCreateRole = () => useChange((request: CreateRoleRequest) => createRole(exchange, request));
export const useChangeRole = (roleId: string) =>
  useChange((request: ChangeRoleRequest) => changeRole(exchange, roleId, request));
export const useDeleteRole = (roleId: string) => useChange(() => deleteRole(exchange, roleId), roleId);
export const useSetRoleAddresses = (roleId: string) =>
  useChange((all: readonly string[]) => setRoleAddresses(exchange, roleId, all));
export const useSetRoleFactor = (roleId: string) =>
  useChange((required: boolean) => setRoleFactor(exchange, roleId, required));
