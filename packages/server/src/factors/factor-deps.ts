import type { Attempts } from '../access/index.ts';
import type { KeyService } from '../keys/index.ts';
import type { Database } from '../platform/db/database.ts';

export type FactorDeps = {
  readonly database: Database;
  readonly attempts: Attempts;
  readonly keyService: KeyService;
  readonly publicUrl: string;
  readonly now: () => Date;
};
