import type { Generated } from 'kysely';

export type StorageTables = {
  usage: {
    account_id: string;
    instances: Generated<number>;
    bytes: Generated<number>;
    max_instances: number | null;
    max_bytes: number | null;
  };
};
