import type { Generated } from 'kysely';

export type BackupTables = {
  backup_policy: {
    single: Generated<boolean>;
    every_hours: Generated<number | null>;
    drill_every_days: Generated<number | null>;
    keep_last: Generated<number>;
    keep_daily: Generated<number>;
    keep_weekly: Generated<number>;
    keep_monthly: Generated<number>;
  };
  backup_runs: {
    id: string;
    place: string;
    started_at: Date;
    ended_at: Date | null;
    state: 'running' | 'whole' | 'failed';
    phase: string;
    code: string | null;
    objects_done: Generated<number>;
    bytes_done: Generated<number>;
    bytes_in_all: Generated<number>;
    table_bytes: Generated<number>;
    snapshot_xmin: string | null;
    missing: Generated<number>;
    removed: Generated<boolean>;
  };
  backup_drills: {
    id: string;
    backup_id: string | null;
    started_at: Date;
    ended_at: Date | null;
    result: 'running' | 'good' | 'bad' | 'failed';
    loaded: Generated<boolean>;
    code: string | null;
    packs: Generated<number>;
    instances: Generated<number>;
    bytes: Generated<number>;
    lost: Generated<number>;
    erased: Generated<number>;
  };
  restores: {
    id: string;
    backup_id: string;
    made_at: Date;
    restored_at: Date;
    tokens_held: number;
    links_held: number;
    people_held: Generated<number>;
    grants_held: Generated<number>;
    released_at: Date | null;
    released_by: string | null;
  };
};
