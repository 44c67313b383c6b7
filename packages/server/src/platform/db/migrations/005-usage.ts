import { type Kysely, sql } from 'kysely';

/**
 * How much each account holds, and how much it may. Kept by the database itself, in the transaction that adds or removes
 * packs, whichever road that takes: a sum that each writer had to remember would be wrong one day.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table usage (
    account_id uuid primary key references accounts, instances bigint not null default 0, bytes bigint not null default 0,
    max_instances bigint, max_bytes bigint) with (fillfactor = 50)`,
  `insert into usage (account_id, instances, bytes)
    select account_id, sum(instance_count), sum(bytes) from packs group by account_id`,

  // In the order of the accounts, so that no two transactions wait for each other.
  `create function count_packs() returns trigger language plpgsql as $$
    declare
      sign integer := case tg_op when 'INSERT' then 1 else -1 end;
    begin
      insert into usage as u (account_id, instances, bytes)
        select account_id, sign * sum(instance_count), sign * sum(bytes) from changed group by account_id order by account_id
      on conflict (account_id) do update set instances = u.instances + excluded.instances, bytes = u.bytes + excluded.bytes;
      return null;
    end $$`,
  `create trigger packs_count_in after insert on packs referencing new table as changed
    for each statement execute function count_packs()`,
  `create trigger packs_count_out after delete on packs referencing old table as changed
    for each statement execute function count_packs()`,
  // A pack is never changed; should one be, its sum must not go wrong unseen.
  `create function refuse_recounting() returns trigger language plpgsql as $$
    begin raise exception 'what a pack counts for is never changed'; end $$`,
  `create trigger packs_keep_their_count before update of account_id, instance_count, bytes on packs
    for each row execute function refuse_recounting()`,
];
