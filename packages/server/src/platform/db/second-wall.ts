import { type RawBuilder, sql } from 'kysely';
import type { Database, Trx } from './database.ts';
import { locks } from './locks.ts';

/** The setting of a session that says whose rows it sees: the id of an account, or `every`. Where nobody said, it fails. */
export const accountSetting = 'symbolon.account';
export const everyAccount = 'every';

/** Works for accounts where the exchange's own login is one whom no policy holds. */
export const accountRole = 'symbolon_account';

/**
 * Makes sure that there is a role that cannot bypass the policies, and that it may do what a request needs; asked at each start,
 * after the migrations. True where the login itself bypasses them (a superuser, as in the embedded PostgreSQL): then requests
 * work as that role. Any other login is held by them itself, as `force row level security` has it for the owner of a table.
 */
export async function readyAccountRole(database: Database): Promise<boolean> {
  const { rows } = await sql<{ bypasses: boolean; superuser: boolean }>`select rolsuper or rolbypassrls as bypasses,
    rolsuper as superuser from pg_roles where rolname = current_user`.execute(database);
  if (!rows[0]?.bypasses) return false;
  await database.transaction().execute(async (trx) => {
    // Two nodes may start at once.
    await sql`select pg_advisory_xact_lock(${locks['role of accounts']})`.execute(trx);
    const role = sql.id(accountRole);
    // Roles belong to the whole server: another database of it may have made it.
    const there = await sql`select from pg_roles where rolname = ${accountRole}`.execute(trx);
    if (there.rows.length === 0)
      // Or makes it at this moment: the lock holds within one database.
      await sql`do $$ begin create role ${role} nologin nosuperuser nobypassrls;
        exception when duplicate_object or unique_violation then null; end $$`
        .execute(trx)
        .catch(unready);
    if (!rows[0]?.superuser) await readyToBecome(trx, role);
    await sql`grant usage on schema public to ${role}`.execute(trx);
    await sql`grant select, insert, update, delete on all tables in schema public to ${role}`.execute(trx);
    await sql`grant usage, select on all sequences in schema public to ${role}`.execute(trx);
  });
  return true;
}

/** Who is no superuser works as a role that was granted to them alone; also who made it themselves. */
async function readyToBecome(trx: Trx, role: RawBuilder<unknown>): Promise<void> {
  await sql`savepoint becoming`.execute(trx);
  try {
    await sql`set local role ${role}`.execute(trx);
    await sql`set local role none`.execute(trx);
  } catch {
    await sql`rollback to savepoint becoming`.execute(trx);
    await sql`grant ${role} to current_user`.execute(trx).catch(unready);
  }
}

function unready(error: unknown): never {
  if ((error as { code?: unknown }).code !== '42501') throw error;
  throw new Error(
    `DATABASE_URL: its login bypasses row-level security, so requests work as the role ${accountRole}, which it may neither make nor become. Take BYPASSRLS from it, or have an administrator: create role ${accountRole} nologin; grant ${accountRole} to the login.`,
    { cause: error },
  );
}
