import type { Decisions, Role } from '@symbolon/contract';
import type { Generated } from 'kysely';
import type { Timestamps } from './columns.ts';

export type RolesTables = {
  roles: Timestamps & {
    id: string;
    account_id: string;
    name: string;
    builtin: Role | null;
    says: Generated<string>;
    decisions: Generated<Decisions>;
    addresses: Generated<string[]>;
    changed_at: Generated<Date>;
    second_factor: Generated<boolean>;
  };
};
