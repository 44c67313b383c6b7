import {
  beginReindex,
  keyRotation,
  keySchedule,
  keys,
  keysBackup,
  reindex,
  rotatePatientKeys,
  setKeySchedule,
} from '@symbolon/client';
import type { KeyScheduleRequest } from '@symbolon/contract';
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { exchange } from '../app/exchange.ts';

const whileWarnedMs = 5_000;
const whileFineMs = 300_000;
const whileRunningMs = 1_000;
const whileIdleMs = 5_000;

/** Never tried again by itself: every page asks it, and none may seem to hang because the keys are away. */
const backupQuery = queryOptions({
  queryKey: ['keys', 'backup'],
  queryFn: ({ signal }) => keysBackup(exchange, signal),
  retry: false,
  staleTime: whileWarnedMs,
  refetchInterval: ({ state }) => (state.data?.warning === null ? whileFineMs : whileWarnedMs),
});

/** Whether the keys were copied; a backup made in a shell is noticed while one looks. */
export function useKeysBackup(enabled = true) {
  return useQuery({ ...backupQuery, enabled });
}

/** Looking is recorded, so it is asked again only where something changed. */
export function useKeys() {
  return useQuery({
    queryKey: ['keys', 'ages'],
    queryFn: ({ signal }) => keys(exchange, signal),
    staleTime: 0,
    refetchOnWindowFocus: false,
  });
}

export function useKeySchedule() {
  return useQuery({ queryKey: ['keys', 'schedule'], queryFn: ({ signal }) => keySchedule(exchange, signal) });
}

/** How far a rotation is. When one has ended, here or elsewhere, the ages of keys are others. */
export function useKeyRotation() {
  const queries = useQueryClient();
  const query = useQuery({
    queryKey: ['keys', 'rotation'],
    queryFn: ({ signal }) => keyRotation(exchange, signal),
    refetchInterval: ({ state }) => (state.data?.running ? whileRunningMs : whileIdleMs),
  });
  const state = query.data && (query.data.running ? 'running' : `done ${query.data.doneAt}`);
  const before = useRef<string>(undefined);
  useEffect(() => {
    if (before.current !== undefined && state !== before.current && state !== 'running')
      void queries.invalidateQueries({ queryKey: ['keys', 'ages'] });
    before.current = state;
  }, [state, queries]);
  return query;
}

export function useRotateNow() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => rotatePatientKeys(exchange),
    onSuccess: (rotation) => queries.setQueryData(['keys', 'rotation'], rotation),
  });
}

export function useSetSchedule() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (schedule: KeyScheduleRequest) => setKeySchedule(exchange, schedule),
    onSuccess: (schedule) => {
      queries.setQueryData(['keys', 'schedule'], schedule);
      // What is due by it has begun.
      void queries.invalidateQueries({ queryKey: ['keys', 'rotation'] });
    },
  });
}

/** How far it is with what studies are found by. */
export function useReindex() {
  return useQuery({
    queryKey: ['keys', 'reindex'],
    queryFn: ({ signal }) => reindex(exchange, signal),
    refetchInterval: ({ state }) =>
      state.data?.phase === 'adding' || state.data?.phase === 'removing' ? whileRunningMs : whileIdleMs,
  });
}

export function useReindexNow() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => beginReindex(exchange),
    onSuccess: (begun) => queries.setQueryData(['keys', 'reindex'], begun),
  });
}
