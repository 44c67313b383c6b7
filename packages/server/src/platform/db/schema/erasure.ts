import type { Generated } from 'kysely';

export type ErasureTables = {
  holds: {
    id: string;
    account_id: string;
    study_id: string | null;
    patient_id: string | null;
    cell: Buffer;
    placed_by: string;
    placed_at: Date;
    released_by: string | null;
    released_at: Date | null;
  };
  erasures: {
    id: string;
    account_id: string;
    kind: 'study' | 'series' | 'instances' | 'patient' | 'account';
    ground: string;
    asked_by: string | null;
    asked_at: Date;
    study_id: string | null;
    patient_id: string | null;
    series_ids: string[] | null;
    image_tokens: bigint[] | null;
    subjects: Generated<unknown>;
    patients: Generated<number>;
    studies: Generated<number>;
    series: Generated<number>;
    instances: Generated<number>;
    bytes: Generated<number>;
    packs: Generated<number>;
    renewed_at: Date | null;
    out_of_sight_at: Date | null;
    keys_destroyed_at: Date | null;
    objects_removed_at: Date | null;
    final_at: Date | null;
    failed_at: Date | null;
    failure: string | null;
    certificate: unknown;
  };
  erasure_objects: { id: string; erasure_id: string };
  tombstones: {
    id: string;
    kind: 'study' | 'study-data' | 'patient' | 'account';
    account_id: string;
    family: string;
    erasure_id: string;
    at: Date;
  };
  spent_keys: { key_id: string; account_id: string; patient_id: string; study_id: string; spent_at: Date };
};
