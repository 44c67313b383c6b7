import {
  assignRole,
  changeUser,
  clearSecondPassword,
  createService,
  createUser,
  inviteAgain,
  letUserIn,
  makePasswordReset,
  myAccounts,
  removeUser,
  requirePasswordChange,
  resetFactors,
  suspendUser,
  switchAccount,
  user,
  users,
} from '@symbolon/client';
import type { UserKind, UserState } from '@symbolon/contract';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { exchange } from '../app/exchange.ts';
import { becomeSession, tellOtherTabs } from '../app/session.ts';

export type UserFilters = { readonly search: string; readonly state: UserState | ''; readonly kind: UserKind | '' };

export function useUsers({ search, state, kind }: UserFilters) {
  return useInfiniteQuery({
    queryKey: ['users', search, state, kind],
    queryFn: ({ pageParam, signal }) =>
      users(
        exchange,
        {
          ...(search === '' ? {} : { search }),
          ...(state === '' ? {} : { state }),
          ...(kind === '' ? {} : { kind }),
          ...(pageParam === undefined ? {} : { before: pageParam }),
        },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    placeholderData: (before) => before,
  });
}

export function useUser(userId: string) {
  return useQuery({ queryKey: ['users', 'one', userId], queryFn: ({ signal }) => user(exchange, userId, signal) });
}

/** A change to somebody: whatever shows people is asked for anew, whether it was made or not. */
function useChange<Input, Answer>(mutationFn: (input: Input) => Promise<Answer>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn,
    // Some answers carry the address of an invitation: what nobody looks at any more is forgotten at once.
    gcTime: 0,
    onSettled: () => {
      for (const queryKey of [['users'], ['groups'], ['roles'], ['explanation'], ['tokens']])
        void queries.invalidateQueries({ queryKey });
    },
  });
}

type NewUser = { readonly email: string; readonly name: string; readonly roleId: string };
const unlessEmpty = <Name extends string>(name: Name, text: string) =>
  (text.trim() === '' ? {} : { [name]: text }) as { [key in Name]?: string };

export const useAddPerson = () =>
  useChange(({ email, name, roleId }: NewUser) =>
    createUser(exchange, { email, ...unlessEmpty('name', name), ...unlessEmpty('roleId', roleId) }),
  );
export const useAddProgram = () =>
  useChange(({ name, roleId }: Omit<NewUser, 'email'>) =>
    createService(exchange, { name, ...unlessEmpty('roleId', roleId) }),
  );
export const useMakeReset = (userId: string) => useChange(() => makePasswordReset(exchange, userId));
export const useInviteAgain = (userId: string) => useChange(() => inviteAgain(exchange, userId));
export const useRename = (userId: string) => useChange((name: string) => changeUser(exchange, userId, { name }));
export const useAssignRole = (userId: string) => useChange((roleId: string) => assignRole(exchange, userId, roleId));
export const useSuspend = (userId: string) => useChange(() => suspendUser(exchange, userId));
export const useRequirePassword = (userId: string) => useChange(() => requirePasswordChange(exchange, userId));
export const useLetIn = (userId: string) => useChange(() => letUserIn(exchange, userId));
export const useResetFactors = (userId: string) => useChange(() => resetFactors(exchange, userId));
export const useRemove = (userId: string) => useChange(() => removeUser(exchange, userId));

/** The accounts of who is signed in. */
export function useMyAccounts() {
  return useQuery({ queryKey: ['my accounts'], queryFn: ({ signal }) => myAccounts(exchange, signal) });
}

export function useSwitchAccount() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (accountId: string) => switchAccount(exchange, accountId),
    onSuccess: (answer) => {
      becomeSession(client, answer);
      tellOtherTabs();
    },
  });
}

export function useClearSecondPassword(userId: string) {
  return useChange(() => clearSecondPassword(exchange, userId));
}
