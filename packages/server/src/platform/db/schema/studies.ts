import type { Generated } from 'kysely';
import type { Timestamps, Tokens } from './columns.ts';

export type StudiesTables = {
  patients: Timestamps & { id: string; account_id: string; cell: Buffer };
  patient_tokens: Tokens & { patient_id: string };
  studies: Timestamps & {
    id: string;
    account_id: string;
    namespace_id: string;
    patient_id: string;
    key_id: Generated<string | null>;
    cell: Buffer;
    modalities: string[];
    series_count: number;
    instance_count: number;
    bytes: number;
    misidentified: Generated<boolean>;
    updated_at: Date;
    rewrites: Generated<number>;
    unapproved: Generated<boolean>;
    approved_by: Generated<string | null>;
    approved_at: Generated<Date | null>;
  };
  study_tokens: Tokens & { study_id: string };
  series: Timestamps & {
    id: string;
    account_id: string;
    study_id: string;
    ordinal: number;
    cell: Buffer;
    modality: string;
    instance_count: number;
  };
  series_tokens: Tokens & { series_id: string };
  search_indexes: {
    account_id: string;
    version: number;
    asked: Generated<number>;
    written: Generated<number[]>;
    phase: Generated<'whole' | 'adding' | 'resting' | 'removing'>;
    since: Generated<Date>;
    begun_at: Date | null;
    position_at: Date | null;
    position: string | null;
    done: Generated<number>;
    damaged: Generated<number>;
  };
};
