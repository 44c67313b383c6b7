import {
  changeOwnEmail,
  changePassword,
  chooseSecondPassword,
  endSessions,
  ownPassword,
  ownSessions,
} from '@symbolon/client';
import type { EmailChange, PasswordChange, SecondPasswordChange } from '@symbolon/contract';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { exchange } from '../app/exchange.ts';
import { sessionQuery } from '../app/session.ts';

const queryKey = ['own sessions'];
const passwordKey = ['own password'];

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

/** By what rules one's own password is changed, and until when. */
export function useOwnPassword() {
  return useQuery({ queryKey: passwordKey, queryFn: ({ signal }) => ownPassword(exchange, signal) });
}

export function useChooseSecondPassword() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (change: SecondPasswordChange) => chooseSecondPassword(exchange, change),
    // What was sent are passwords: what nobody looks at any more is forgotten at once.
    gcTime: 0,
    onSuccess: (answer) => queries.setQueryData(sessionQuery.queryKey, answer),
  });
}

export function useChangePassword() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (change: PasswordChange) => changePassword(exchange, change),
    // What was sent are passwords: what nobody looks at any more is forgotten at once.
    gcTime: 0,
    onSuccess: () => {
      for (const one of [queryKey, passwordKey]) void queries.invalidateQueries({ queryKey: one });
    },
  });
}

export function useChangeEmail() {
  return useMutation({ mutationFn: (change: EmailChange) => changeOwnEmail(exchange, change), gcTime: 0 });
}
