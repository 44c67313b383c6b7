import {
  account,
  accounts,
  accountUsage,
  addresses,
  changeAccount,
  createAccount,
  inviteOwnerAgain,
  setAccountQuota,
  setAddresses,
  transferAccount,
  users,
} from '@symbolon/client';
import type { AccountRequest, QuotaRequest } from '@symbolon/contract';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { exchange } from '../app/exchange.ts';
import { sessionQuery } from '../app/session.ts';

export function useAccount() {
  return useQuery({ queryKey: ['account'], queryFn: ({ signal }) => account(exchange, signal) });
}

/** The list of the account, and from where one comes. */
export function useAddresses() {
  return useQuery({ queryKey: ['addresses'], queryFn: ({ signal }) => addresses(exchange, signal) });
}

export function useSetAddresses() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (all: readonly string[]) => setAddresses(exchange, all),
    onSuccess: (answer) => queries.setQueryData(['addresses'], answer),
  });
}

/** What everybody sees of the account changed: its name stands in the header, its owner in the list of people. */
function useChange<Input>(mutationFn: (input: Input) => Promise<unknown>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn,
    onSettled: () => {
      void queries.invalidateQueries(sessionQuery);
      for (const queryKey of [['account'], ['users'], ['my accounts']]) void queries.invalidateQueries({ queryKey });
    },
  });
}

export const useRenameAccount = () => useChange((name: string) => changeAccount(exchange, { name }));
export const useTransfer = () => useChange((userId: string) => transferAccount(exchange, userId));

/** Whom the account can be given to: its active administrators. */
export function useAdministrators(enabled: boolean) {
  return useQuery({
    queryKey: ['users', 'administrators'],
    queryFn: async ({ signal }) => {
      const { users: all } = await users(exchange, { state: 'active', kind: 'person', limit: 200 }, signal);
      return all.filter(({ role, isOwner }) => role.builtin === 'administrator' && !isOwner);
    },
    enabled,
  });
}

/** The accounts of the exchange, by name; for who operates it. */
export function useAccounts() {
  return useInfiniteQuery({
    queryKey: ['accounts'],
    queryFn: ({ pageParam, signal }) =>
      accounts(exchange, pageParam === undefined ? {} : { before: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  });
}

/** Both answers carry the address of an invitation: what nobody looks at any more is forgotten at once. */
export function useCreateAccount() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (request: AccountRequest) => createAccount(exchange, request),
    gcTime: 0,
    onSettled: () => queries.invalidateQueries({ queryKey: ['accounts'] }),
  });
}
export function useInviteOwnerAgain(accountId: string) {
  return useMutation({ mutationFn: () => inviteOwnerAgain(exchange, accountId), gcTime: 0 });
}

/** Never remembered: it is what somebody decides by. */
export function useAccountUsage(accountId: string) {
  return useQuery({
    queryKey: ['account usage', accountId],
    queryFn: ({ signal }) => accountUsage(exchange, accountId, signal),
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
}

export function useSetQuota(accountId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (limits: QuotaRequest) => setAccountQuota(exchange, accountId, limits),
    onSuccess: (answer) => {
      queries.setQueryData(['account usage', accountId], answer);
      return queries.invalidateQueries({ queryKey: ['storage'] });
    },
  });
}
