import { backUpNow, backups, backupsStatus, drillNow, releaseHeld, setBackupPolicy } from '@symbolon/client';
import type { BackupPolicy, BackupsAnswer, ReleaseRequest } from '@symbolon/contract';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { exchange } from '../app/exchange.ts';

const whileRunningMs = 1_000;
const whileIdleMs = 10_000;
const whileFineMs = 300_000;
const whileWarnedMs = 10_000;

function isRunning({ waiting, runs, drills }: BackupsAnswer): boolean {
  return waiting.backup || waiting.drill || runs[0]?.state === 'running' || drills[0]?.result === 'running';
}

export function useBackups() {
  return useQuery({
    queryKey: ['backups', 'all'],
    queryFn: ({ signal }) => backups(exchange, signal),
    refetchInterval: ({ state }) => (state.data && isRunning(state.data) ? whileRunningMs : whileIdleMs),
  });
}

/** Never tried again by itself: every page asks it, and none may seem to hang because of it. */
export function useBackupsStatus(enabled: boolean) {
  return useQuery({
    enabled,
    queryKey: ['backups', 'status'],
    queryFn: ({ signal }) => backupsStatus(exchange, signal),
    retry: false,
    staleTime: whileWarnedMs,
    refetchInterval: ({ state }) => (state.data?.warning || state.data?.held ? whileWarnedMs : whileFineMs),
  });
}

export function useBegin(what: 'backup' | 'drill') {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => (what === 'backup' ? backUpNow(exchange) : drillNow(exchange)),
    onSuccess: (answer) => queries.setQueryData(['backups', 'all'], answer),
  });
}

export function useSetPolicy() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (policy: BackupPolicy) => setBackupPolicy(exchange, policy),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['backups'] }),
  });
}

export function useRelease() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (what: ReleaseRequest['what']) => releaseHeld(exchange, what),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['backups'] }),
  });
}
