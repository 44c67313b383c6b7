import { account, addresses, changeAccount, setAddresses, transferAccount, users } from '@symbolon/client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
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
