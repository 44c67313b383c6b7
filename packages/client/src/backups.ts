import {
  type BackupPolicy,
  type BackupsAnswer,
  type BackupsStatusAnswer,
  backupPolicy,
  backupsAnswer,
  backupsStatusAnswer,
  paths,
  type ReleaseRequest,
} from '@symbolon/contract';
import { call, type Exchange } from './exchange.ts';

/** What backups there are and were tried, and how long they are kept. */
export function backups(exchange: Exchange, signal?: AbortSignal): Promise<BackupsAnswer> {
  return call(exchange, { path: paths.backups, answer: backupsAnswer, signal });
}

/** Whether an administrator has to see to the backups. */
export function backupsStatus(exchange: Exchange, signal?: AbortSignal): Promise<BackupsStatusAnswer> {
  return call(exchange, { path: paths.backupsStatus, answer: backupsStatusAnswer, signal });
}

/** Has a backup made now. */
export function backUpNow(exchange: Exchange): Promise<BackupsAnswer> {
  return call(exchange, { method: 'POST', path: paths.backups, answer: backupsAnswer });
}

/** Has a restore of the newest backup tried now. */
export function drillNow(exchange: Exchange): Promise<BackupsAnswer> {
  return call(exchange, { method: 'POST', path: paths.backupDrills, answer: backupsAnswer });
}

export function setBackupPolicy(exchange: Exchange, policy: BackupPolicy): Promise<BackupPolicy> {
  return call(exchange, { method: 'PUT', path: paths.backupPolicy, json: policy, answer: backupPolicy });
}

/** Lets what a restore brought back open again, or ends them. */
export function releaseHeld(exchange: Exchange, what: ReleaseRequest['what']): Promise<BackupsStatusAnswer> {
  return call(exchange, { path: paths.restoredHeld, json: { what }, answer: backupsStatusAnswer });
}
