import { type Kysely, sql } from 'kysely';

/**
 * Row-level security on the tables of what accounts hold: a session sees the rows of the account that it says it works for, or of
 * every account, and fails where it says neither (platform/db/second-wall.ts). Forced, so that the owner of a table is held by
 * it, too. Tables of blind tokens have none: under a policy the planner would not use their index.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const table of walled) {
    await sql.raw(`alter table ${table} enable row level security, force row level security`).execute(db);
    // What is done is written down, whoever is concerned; who reads sees what concerns their account.
    const check = table === 'audit_records' ? ' with check (true)' : '';
    await sql.raw(`create policy second_wall on ${table} using (${theirs})${check}`).execute(db);
  }
}

const walled = [
  'patients',
  'studies',
  'series',
  'packs',
  'replaced_packs',
  'conflict_choices',
  'links',
  'grants',
  'openings',
  'holds',
  'erasures',
  'audit_records',
];

// Each setting is asked for once a statement, not once a row.
const theirs = `account_id = (select nullif(current_setting('symbolon.account'), 'every')::uuid)
  or (select current_setting('symbolon.account') = 'every')`;
