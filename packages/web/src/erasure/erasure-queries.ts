import {
  type ErasureTarget,
  erase,
  erasure,
  erasures,
  holds,
  placeHold,
  previewErasure,
  releaseHold,
} from '@symbolon/client';
import type { Erasure, ErasureGround, HoldRequest } from '@symbolon/contract';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { exchange } from '../app/exchange.ts';

const whileRunningMs = 1_000;
const whileIdleMs = 30_000;

/** What would go; null asks nothing. Never remembered: it is what somebody decides by. */
export function usePreview(target: ErasureTarget | null) {
  return useQuery({
    queryKey: ['erasure preview', target],
    queryFn: ({ signal }) => previewErasure(exchange, target!, signal),
    enabled: target !== null,
    staleTime: 0,
    gcTime: 0,
  });
}

export type Asked = { readonly ground: ErasureGround; readonly instances: number };

export function useErase(target: ErasureTarget) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (asked: Asked) => erase(exchange, target, asked),
    // Of what is gone nothing can be asked any more; what changed since it was looked at is looked at again.
    onError: () => queries.invalidateQueries({ queryKey: ['erasure preview'] }),
    onSuccess: () =>
      Promise.all(['erasures', 'links', 'worklist'].map((first) => queries.invalidateQueries({ queryKey: [first] }))),
  });
}

/** One erasure that somebody waits for, until nobody finds what it erases. */
export function useErasure(begun: Erasure | undefined) {
  return useQuery({
    queryKey: ['erasures', 'one', begun?.id],
    queryFn: ({ signal }) => erasure(exchange, begun!.id, signal),
    enabled: begun !== undefined,
    ...(begun === undefined ? {} : { initialData: begun }),
    refetchInterval: ({ state }) => (state.data?.outOfSightAt === null ? whileRunningMs : false),
  });
}

/** All of the account, the newest first; asked for often while one is under way. */
export function useErasures() {
  return useInfiniteQuery({
    queryKey: ['erasures', 'all'],
    queryFn: ({ pageParam, signal }) => erasures(exchange, pageParam, signal),
    initialPageParam: 0,
    getNextPageParam: ({ next }) => next,
    refetchInterval: ({ state }) =>
      state.data?.pages.some((page) => page.erasures.some((one) => one.state !== 'certified'))
        ? whileRunningMs
        : whileIdleMs,
  });
}

/** Each look is recorded: what was seen a moment ago is not asked for again. */
const freshMs = 60_000;

/** Those that hold one study, or all of the account. */
export function useHolds(study?: string) {
  return useInfiniteQuery({
    queryKey: ['holds', study ?? 'all'],
    staleTime: freshMs,
    queryFn: ({ pageParam, signal }) =>
      holds(exchange, study === undefined ? { offset: pageParam } : { study, offset: pageParam }, signal),
    initialPageParam: 0,
    getNextPageParam: ({ next }) => next,
  });
}

export function usePlaceHold() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (request: HoldRequest) => placeHold(exchange, request),
    onSettled: () => forgetHolds(queries),
  });
}

export function useReleaseHold(holdId: string) {
  const queries = useQueryClient();
  return useMutation({ mutationFn: () => releaseHold(exchange, holdId), onSettled: () => forgetHolds(queries) });
}

function forgetHolds(queries: ReturnType<typeof useQueryClient>): Promise<unknown> {
  return Promise.all(['holds', 'erasure preview'].map((first) => queries.invalidateQueries({ queryKey: [first] })));
}
