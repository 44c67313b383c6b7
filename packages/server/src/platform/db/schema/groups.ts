import type { Generated } from 'kysely';
import type { Timestamps } from './columns.ts';

export type GroupsTables = {
  groups: Timestamps & {
    id: string;
    account_id: string;
    kind: 'group' | 'location';
    name: string;
    location_id: Generated<string | null>;
    default_role_id: Generated<string | null>;
    deleted_at: Generated<Date | null>;
  };
  group_members: Timestamps & { group_id: string; user_id: string; account_id: string; role_id: string | null };
};
