import { changePassword, endSessions, ownSessions } from '@symbolon/client';
import type { PasswordChange } from '@symbolon/contract';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { exchange } from '../app/exchange.ts';

const queryKey = ['own sessions'];

export function useOwnSessions() {
  return useQuery({ queryKey, queryFn: ({ signal }) => ownSessions(exchange, signal) });
}

/** Ends one, or, without an id, all but this one. */
export function useEndSessions() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (sessionId: string | undefined) => endSessions(exchange, sessionId),
    onSettled: () => queries.invalidateQueries({ queryKey }),
  });
}

export function useChangePassword() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (change: PasswordChange) => changePassword(exchange, change),
    // What was sent are passwords: what nobody looks at any more is forgotten at once.
    gcTime: 0,
    onSuccess: () => queries.invalidateQueries({ queryKey }),
  });
}
