import type { Generated } from 'kysely';

export type GrantsTables = {
  grants: {
    id: string;
    account_id: string;
    study_id: string;
    series_id: string | null;
    namespace_id: string;
    granted_by: string;
    created_at: Date;
    expires_at: Date | null;
    revoked_by: Generated<string | null>;
    revoked_at: Generated<Date | null>;
    via: Generated<string | null>;
    held_at: Generated<Date | null>;
  };
};
