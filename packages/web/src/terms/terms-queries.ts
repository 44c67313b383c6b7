import { setTerms, terms, termsAcceptances, termsVersions } from '@symbolon/client';
import type { TermsChange } from '@symbolon/contract';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { exchange } from '../app/exchange.ts';
import { sessionQuery } from '../app/session.ts';

export function useTerms(version?: number) {
  return useQuery({
    queryKey: ['terms', version ?? 'newest'],
    queryFn: ({ signal }) => terms(exchange, version, signal),
    // What is being written must not be taken from under the pen.
    refetchOnWindowFocus: false,
  });
}

export function useTermsVersions() {
  return useInfiniteQuery({
    queryKey: ['terms', 'versions'],
    queryFn: ({ pageParam, signal }) => termsVersions(exchange, { before: pageParam }, signal),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  });
}

export function useAcceptances(version: number | undefined) {
  return useInfiniteQuery({
    queryKey: ['terms', 'acceptances', version ?? 'all'],
    queryFn: ({ pageParam, signal }) => termsAcceptances(exchange, { version, before: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  });
}

export function useSetTerms() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (change: TermsChange) => setTerms(exchange, change),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['terms'] });
      // Who set them is asked as well.
      void queries.invalidateQueries(sessionQuery);
    },
  });
}
