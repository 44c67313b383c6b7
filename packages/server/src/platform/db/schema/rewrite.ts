import type { Generated } from 'kysely';

export type RewriteTables = {
  compaction_due: { series_id: string; look_at: Date };
  compaction_totals: {
    single: Generated<boolean>;
    rewrites: Generated<number>;
    packs_before: Generated<number>;
    instances: Generated<number>;
    bytes: Generated<number>;
    last_at: Date | null;
    compressed: Generated<number>;
    stored_before: Generated<number>;
    stored_after: Generated<number>;
  };
  reseal_due: {
    study_id: string;
    account_id: string;
    asked_at: Date;
    begun: Generated<boolean>;
    look_at: Generated<Date>;
  };
};
