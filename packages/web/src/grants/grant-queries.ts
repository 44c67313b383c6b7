import { createGrant, decideApproval, findGrantees, grants, revokeGrant } from '@symbolon/client';
import type { GrantRequest } from '@symbolon/contract';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { exchange } from '../app/exchange.ts';

/** Each look is recorded: what was seen a moment ago is not asked for again. */
const freshMs = 60_000;

/** To whom a study is granted at the moment. */
export function useGrants(studyId: string) {
  return useQuery({
    queryKey: ['grants', studyId],
    queryFn: ({ signal }) => grants(exchange, studyId, signal),
    staleTime: freshMs,
  });
}

/** Who could be granted it; `search` has settled already. */
export function useGrantees(search: string) {
  return useQuery({
    queryKey: ['grantees', search],
    queryFn: ({ signal }) => findGrantees(exchange, search, signal),
    placeholderData: keepPreviousData,
    staleTime: freshMs,
  });
}

export function useCreateGrant(studyId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (grant: GrantRequest) => createGrant(exchange, studyId, grant),
    onSettled: () => queries.invalidateQueries({ queryKey: ['grants', studyId] }),
  });
}

/** Ends all that somebody was granted of a study. */
export function useRevokeGrants(studyId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (grantIds: readonly string[]) => {
      for (const id of grantIds) await revokeGrant(exchange, studyId, id);
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['grants', studyId] }),
  });
}

export function useDecideApproval(studyId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (approve: boolean) => decideApproval(exchange, studyId, approve),
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ['study', studyId] }),
        queries.invalidateQueries({ queryKey: ['worklist'] }),
      ]),
  });
}
