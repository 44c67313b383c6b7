/**
 * How a table goes into a backup.
 *
 * `grown`     rows that an earlier backup has are not exported again: what came or changed since goes in
 * `whole`     small, or different each time: all of it
 * `left out`  of no use, or of harm, once restored
 */
export type TableClass = 'grown' | 'whole' | 'left out';

/** Every table of the exchange; `tables.test.ts` finds the one that is not here. */
const classes: Readonly<Record<string, TableClass>> = {
  accounts: 'whole',
  users: 'whole',
  former_passwords: 'whole',
  second_factors: 'whole',
  recovery_codes: 'whole',
  terms: 'whole',
  terms_acceptances: 'whole',
  memberships: 'whole',
  namespaces: 'whole',
  roles: 'whole',
  groups: 'whole',
  group_members: 'whole',
  grants: 'whole',
  openings: 'whole',
  api_tokens: 'whole',
  links: 'whole',
  key_schedules: 'whole',
  usage: 'whole',
  conflict_choices: 'whole',
  scrub_rounds: 'whole',
  scrub_findings: 'whole',
  compaction_due: 'whole',
  compaction_totals: 'whole',
  backup_policy: 'whole',
  restores: 'whole',
  holds: 'whole',
  erasures: 'whole',
  erasure_objects: 'whole',
  tombstones: 'whole',
  spent_keys: 'whole',
  reseal_due: 'whole',
  search_indexes: 'whole',
  patients: 'grown',
  patient_tokens: 'grown',
  studies: 'grown',
  study_tokens: 'grown',
  series: 'grown',
  series_tokens: 'grown',
  packs: 'grown',
  pack_tokens: 'grown',
  audit_records: 'grown',
  // Whoever was signed in, or had a link open, does so again, and who was invited is invited anew: it may have been ended since.
  sessions: 'left out',
  link_visits: 'left out',
  invitations: 'left out',
  attempts: 'left out',
  refused_tries: 'left out',
  // A browser that was trusted may be so no more; a link in a mail may have been used; a mail would go out twice.
  devices: 'left out',
  challenges: 'left out',
  password_resets: 'left out',
  address_changes: 'left out',
  mails: 'left out',
  // Kept a day for who reads them; their objects are in no backup.
  replaced_packs: 'left out',
  // Of the place, not of the data: the place says itself what it holds.
  backup_runs: 'left out',
  backup_drills: 'left out',
  // The manifest names the migrations.
  kysely_migration: 'left out',
  kysely_migration_lock: 'left out',
};

/** Of a table that nobody has classified all is exported: too much rather than too little. */
export const classOf = (table: string): TableClass => classes[table] ?? 'whole';

export const isClassified = (table: string): boolean => table in classes;
