import { beginScrub, compaction, compactNow, scrub, scrubFindings, storage, usage } from '@symbolon/client';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { exchange } from '../app/exchange.ts';

const whileRunningMs = 1_000;
const whileIdleMs = 30_000;

export function useStorage() {
  return useQuery({
    queryKey: ['storage', 'room'],
    queryFn: ({ signal }) => storage(exchange, signal),
    refetchInterval: whileIdleMs,
  });
}

export function useUsage() {
  return useQuery({ queryKey: ['storage', 'usage'], queryFn: ({ signal }) => usage(exchange, signal) });
}

export function useScrub() {
  return useQuery({
    queryKey: ['storage', 'scrub'],
    queryFn: ({ signal }) => scrub(exchange, signal),
    refetchInterval: ({ state }) => (state.data?.running ? whileRunningMs : whileIdleMs),
  });
}

/** `damaged`: how many there are, so that they are asked for anew when it changes. */
export function useFindings(damaged: number) {
  return useInfiniteQuery({
    queryKey: ['storage', 'findings', damaged],
    queryFn: ({ pageParam, signal }) => scrubFindings(exchange, pageParam, signal),
    initialPageParam: 0,
    getNextPageParam: ({ next }) => next,
    enabled: damaged > 0,
  });
}

export function useBeginScrub() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => beginScrub(exchange),
    onSuccess: (answer) => queries.setQueryData(['storage', 'scrub'], answer),
  });
}

export function useCompaction() {
  return useQuery({
    queryKey: ['storage', 'compaction'],
    queryFn: ({ signal }) => compaction(exchange, signal),
    refetchInterval: ({ state }) =>
      state.data && (state.data.due > 0 || state.data.toCompress > 0) ? whileRunningMs : whileIdleMs,
  });
}

export function useCompact() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => compactNow(exchange),
    onSuccess: (answer) => queries.setQueryData(['storage', 'compaction'], answer),
  });
}
