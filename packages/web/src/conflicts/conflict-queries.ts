import { chooseInConflict, conflict, conflicts, undoChoice } from '@symbolon/client';
import type { ChoiceRequest } from '@symbolon/contract';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { exchange } from '../app/exchange.ts';

/** Looking at these is recorded, so nothing is asked for again by itself. */
const once = { refetchOnWindowFocus: false } as const;

export function useConflicts(state: 'open' | 'decided') {
  return useInfiniteQuery({
    queryKey: ['conflicts', state],
    queryFn: ({ pageParam, signal }) =>
      conflicts(exchange, pageParam === null ? { state } : { state, before: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    ...once,
  });
}

export function useConflict(studyId: string) {
  return useInfiniteQuery({
    queryKey: ['conflict', studyId],
    queryFn: ({ pageParam, signal }) => conflict(exchange, studyId, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    ...once,
  });
}

/** After a choice other images are current: whatever was remembered of studies and their images is asked for anew. */
function useAnew(): () => Promise<void> {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' });
}

export function useChoose(studyId: string) {
  const anew = useAnew();
  return useMutation({
    mutationFn: (choice: ChoiceRequest) => chooseInConflict(exchange, studyId, choice),
    onSuccess: anew,
  });
}

export function useUndo(studyId: string) {
  const anew = useAnew();
  return useMutation({ mutationFn: (choiceId: string) => undoChoice(exchange, studyId, choiceId), onSuccess: anew });
}
