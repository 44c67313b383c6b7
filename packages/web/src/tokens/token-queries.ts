import { issueToken, revokeToken, tokens } from '@symbolon/client';
import type { IssueTokenRequest } from '@symbolon/contract';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { exchange } from '../app/exchange.ts';

/** `userId`: only theirs. `over`: also those that are over. */
export function useTokens(userId: string | undefined, over: boolean) {
  return useInfiniteQuery({
    queryKey: ['tokens', userId ?? 'all', over],
    queryFn: ({ pageParam, signal }) =>
      tokens(
        exchange,
        {
          ...(userId === undefined ? {} : { user: userId }),
          ...(over ? { all: 'true' as const } : {}),
          ...(pageParam === undefined ? {} : { before: pageParam }),
        },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  });
}

export function useIssueToken(userId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (request: IssueTokenRequest) => issueToken(exchange, userId, request),
    // The answer carries the token: what nobody looks at any more is forgotten at once.
    gcTime: 0,
    onSuccess: () => queries.invalidateQueries({ queryKey: ['tokens'] }),
  });
}

export function useRevokeToken() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (tokenId: string) => revokeToken(exchange, tokenId),
    onSettled: () => queries.invalidateQueries({ queryKey: ['tokens'] }),
  });
}
