import type { Generated } from 'kysely';

export type OpeningsTables = {
  openings: {
    id: string;
    account_id: string;
    user_id: string;
    study_id: string;
    kind: 'reason' | 'emergency';
    cell: Buffer;
    opened_at: Date;
    expires_at: Date;
    ended_at: Generated<Date | null>;
    reviewed_by: Generated<string | null>;
    reviewed_at: Generated<Date | null>;
  };
};
