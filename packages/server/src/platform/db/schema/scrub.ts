import type { Generated } from 'kysely';

export type ScrubTables = {
  scrub_rounds: {
    id: string;
    started_at: Date;
    ended_at: Date | null;
    after_pack: string | null;
    packs: Generated<number>;
    bytes: Generated<number>;
    damaged: Generated<number>;
  };
  scrub_findings: {
    pack_id: string;
    account_id: string;
    study_id: string;
    part: string;
    code: string;
    instances: number;
    first_found_at: Date;
    last_found_at: Date;
    gone_at: Date | null;
  };
};
