import { openInEmergency, openings, openingsStatus, reviewOpening, stateReason } from '@symbolon/client';
import type { EmergencyRequest, openingFilters, openingKinds } from '@symbolon/contract';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { exchange } from '../app/exchange.ts';

const lookEveryMs = 30_000;

export type OpeningsFilter = {
  readonly show: (typeof openingFilters)[number];
  readonly kind?: (typeof openingKinds)[number] | undefined;
};

/** What was opened for a reason or in an emergency, the newest first. */
export function useOpenings(filter: OpeningsFilter) {
  return useInfiniteQuery({
    queryKey: ['openings', 'all', filter],
    queryFn: ({ pageParam, signal }) => openings(exchange, { ...filter, offset: pageParam }, signal),
    initialPageParam: 0,
    getNextPageParam: ({ next }) => next,
    refetchInterval: lookEveryMs,
  });
}

/** Never tried again by itself: every page asks it, and none may seem to hang because of it. */
export function useOpeningsStatus(enabled: boolean) {
  return useQuery({
    enabled,
    queryKey: ['openings', 'status'],
    queryFn: ({ signal }) => openingsStatus(exchange, signal),
    retry: false,
    staleTime: lookEveryMs / 3,
    refetchInterval: lookEveryMs,
  });
}

export function useReview(openingId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (end: boolean) => reviewOpening(exchange, openingId, end),
    onSettled: () => queries.invalidateQueries({ queryKey: ['openings'] }),
  });
}

export function useStateReason(studyId: string) {
  return useMutation({ mutationFn: (reason: string) => stateReason(exchange, studyId, reason) });
}

export function useOpenInEmergency() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (emergency: EmergencyRequest) => openInEmergency(exchange, emergency),
    // Whose studies these are is in the answer: what nobody looks at any more is forgotten at once.
    gcTime: 0,
    onSuccess: () => queries.invalidateQueries({ queryKey: ['worklist'] }),
  });
}
