import {
  changeGroup,
  createGroup,
  deleteGroup,
  dismiss,
  enrol,
  type GroupRef,
  group,
  groups,
  users,
} from '@symbolon/client';
import type { ChangeGroupRequest, CreateGroupRequest, GroupKind } from '@symbolon/contract';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { exchange } from '../app/exchange.ts';

export function useGroups(kind: GroupKind, enabled = true) {
  return useQuery({
    queryKey: ['groups', kind],
    queryFn: ({ signal }) => groups(exchange, kind, signal),
    enabled,
  });
}

export function useGroup(ref: GroupRef) {
  return useQuery({
    queryKey: ['groups', ref.kind, ref.id],
    queryFn: ({ signal }) => group(exchange, ref, signal),
  });
}

/** People who can be put into a group, by a part of their name; nothing is asked for before something was typed. */
export function useCandidates(search: string) {
  return useQuery({
    queryKey: ['users', 'candidates', search],
    queryFn: ({ signal }) => users(exchange, { search, limit: 10 }, signal),
    enabled: search !== '',
  });
}

/** `gone`: what is deleted by it, and is not asked for any more while its page is still there. */
function useChange<Input, Answer>(mutationFn: (input: Input) => Promise<Answer>, gone?: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn,
    onSettled: () => {
      for (const queryKey of [['groups'], ['users'], ['roles'], ['explanation']])
        void queries.invalidateQueries({ queryKey, predicate: (query) => query.queryKey.at(-1) !== gone });
    },
  });
}

export const useCreateGroup = (kind: GroupKind) =>
  useChange((request: CreateGroupRequest) => createGroup(exchange, kind, request));
export const useChangeGroup = (ref: GroupRef) =>
  useChange((request: ChangeGroupRequest) => changeGroup(exchange, ref, request));
export const useDeleteGroup = (ref: GroupRef) => useChange(() => deleteGroup(exchange, ref), ref.id);
export const useEnrol = (ref: GroupRef) =>
  useChange(({ userId, roleId }: { readonly userId: string; readonly roleId: string | null }) =>
    enrol(exchange, ref, userId, roleId),
  );
export const useDismiss = (ref: GroupRef) => useChange((userId: string) => dismiss(exchange, ref, userId));
