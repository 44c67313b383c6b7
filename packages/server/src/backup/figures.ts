import type { Database } from '../platform/db/database.ts';
import type { Figure } from '../platform/http/metrics.ts';
import { lastRun, latestDrills, policyOf } from './backup.store.ts';

const seconds = (at: Date | null | undefined): number => (at ? at.getTime() / 1000 : 0);
const lasted = (row: { started_at: Date; ended_at: Date | null } | undefined): number =>
  row?.ended_at ? (row.ended_at.getTime() - row.started_at.getTime()) / 1000 : 0;

/** What backups tell a monitoring system: `backup_age_seconds` beyond the schedule, or `backup_drill_good` 0, is the alarm. */
export async function backupFigures(database: Database, now: Date): Promise<Figure[]> {
  const [whole, failed, running] = await Promise.all(
    (['whole', 'failed', 'running'] as const).map((state) => lastRun(database, state)),
  );
  const [drill] = await latestDrills(database, 1);
  const { everyHours } = await policyOf(database);
  const isFailing = failed !== undefined && (whole === undefined || failed.started_at > whole.started_at);
  return [
    {
      name: 'backup_age_seconds',
      help: 'How old the newest backup is; -1: there is none.',
      value: whole ? (now.getTime() - whole.started_at.getTime()) / 1000 : -1,
    },
    {
      name: 'backup_schedule_seconds',
      help: 'How often backups are made; 0: when asked for.',
      value: (everyHours ?? 0) * 3600,
    },
    { name: 'backup_duration_seconds', help: 'How long the newest backup took.', value: lasted(whole) },
    {
      name: 'backup_written_bytes',
      help: 'What the newest backup wrote into its place.',
      value: whole ? whole.bytes_done + whole.table_bytes : 0,
    },
    {
      name: 'backup_missing_objects',
      help: 'What the stores did not have for the newest backup.',
      value: whole?.missing ?? 0,
    },
    { name: 'backup_failing', help: 'Whether the last try was none.', value: isFailing ? 1 : 0 },
    { name: 'backup_running', help: 'Whether a backup is being made.', value: running ? 1 : 0 },
    {
      name: 'backup_drill_good',
      help: 'Whether the last trial of a restore went well; -1: there was none.',
      value: drill === undefined ? -1 : drill.result === 'good' || drill.result === 'running' ? 1 : 0,
    },
    {
      name: 'backup_drill_end_timestamp_seconds',
      help: 'When the last trial of a restore ended; 0: never.',
      value: seconds(drill?.ended_at),
    },
    { name: 'backup_drill_duration_seconds', help: 'How long it took.', value: lasted(drill) },
  ];
}
