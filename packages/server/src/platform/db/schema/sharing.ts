import type { Generated } from 'kysely';

export type SharingTables = {
  links: {
    id: string;
    account_id: string;
    study_id: string;
    digest: Buffer;
    password_hash: string | null;
    download: boolean;
    cell: Buffer;
    created_by: string;
    created_at: Date;
    expires_at: Date;
    revoked_by: string | null;
    revoked_at: Date | null;
    opened: Generated<number>;
    last_opened_at: Date | null;
    wrong_passwords: Generated<number>;
    held_at: Generated<Date | null>;
  };
  link_visits: { id: string; digest: Buffer; link_id: string; address: string; created_at: Date; expires_at: Date };
};
