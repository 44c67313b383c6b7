import type { AccessTables } from './access.ts';
import type { AuditTables } from './audit.ts';
import type { BackupTables } from './backup.ts';
import type { ConflictsTables } from './conflicts.ts';
import type { ErasureTables } from './erasure.ts';
import type { FactorsTables } from './factors.ts';
import type { GrantsTables } from './grants.ts';
import type { GroupsTables } from './groups.ts';
import type { KeysTables } from './keys.ts';
import type { MailTables } from './mail.ts';
import type { OpeningsTables } from './openings.ts';
import type { PacksTables } from './packs.ts';
import type { PeopleTables } from './people.ts';
import type { RewriteTables } from './rewrite.ts';
import type { RolesTables } from './roles.ts';
import type { ScrubTables } from './scrub.ts';
import type { SharingTables } from './sharing.ts';
import type { StorageTables } from './storage.ts';
import type { StudiesTables } from './studies.ts';
import type { TermsTables } from './terms.ts';

/** Every table, each by the room that owns it. */
export type Schema = AccessTables &
  AuditTables &
  BackupTables &
  ConflictsTables &
  ErasureTables &
  FactorsTables &
  GrantsTables &
  GroupsTables &
  KeysTables &
  MailTables &
  OpeningsTables &
  PacksTables &
  PeopleTables &
  RewriteTables &
  RolesTables &
  ScrubTables &
  SharingTables &
  StorageTables &
  StudiesTables &
  TermsTables;
