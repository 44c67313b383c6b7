import type { Generated } from 'kysely';
import type { Timestamps, Tokens } from './columns.ts';

export type PacksTables = {
  packs: Timestamps & {
    id: string;
    account_id: string;
    study_id: string;
    series_id: string;
    ordinal: Generated<number>;
    state: 'current' | 'aside';
    version: number;
    manifest: Buffer;
    identity: Buffer | null;
    identity_sealed_bytes: number;
    image_sealed_bytes: number;
    image_key: Buffer | null;
    instance_count: number;
    bytes: number;
    turned: Generated<number[]>;
    settled: Generated<number[]>;
    sent_by: string | null;
    key_id: Generated<string | null>;
    rewritten_at: Generated<Date | null>;
    weighed_at: Generated<Date | null>;
  };
  replaced_packs: {
    id: string;
    account_id: string;
    study_id: string;
    series_id: string;
    ordinal: number;
    state: 'current' | 'aside';
    version: number;
    manifest: Buffer;
    identity: Buffer | null;
    identity_sealed_bytes: number;
    image_sealed_bytes: number;
    image_key: Buffer | null;
    instance_count: number;
    bytes: number;
    turned: number[];
    key_id: Generated<string | null>;
    replaced_by: string;
    replaced_at: Generated<Date>;
  };
  pack_tokens: Tokens & { pack_id: string };
};
