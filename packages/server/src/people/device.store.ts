import { sql } from 'kysely';
import type { Database, Trx } from '../platform/db/database.ts';

/** A browser in which somebody signed in; `trustedAt` and `trustedUntil`: since and until when it is not asked for their second factor. */
export type KnownDevice = {
  readonly id: string;
  readonly trustedAt: Date | null;
  readonly trustedUntil: Date | null;
};

const columns = ['id', 'trusted_at as trustedAt', 'trusted_until as trustedUntil'] as const;

/** Undefined where this person never signed in there, or it was forgotten. */
export async function deviceByDigest(
  db: Database | Trx,
  userId: string,
  digest: Uint8Array,
): Promise<KnownDevice | undefined> {
  return db
    .selectFrom('devices')
    .select(columns)
    .where('user_id', '=', userId)
    .where('digest', '=', Buffer.from(digest))
    .executeTakeFirst();
}

export async function isDeviceOf(db: Database, email: string, digest: Uint8Array): Promise<boolean> {
  const found = await db
    .selectFrom('devices')
    .innerJoin('users', 'users.id', 'devices.user_id')
    .select('devices.id')
    .where('users.email', '=', email)
    .where('devices.digest', '=', Buffer.from(digest))
    .executeTakeFirst();
  return found !== undefined;
}

/** What the browser is known by from now on, to everybody who signed in there. */
export async function changeDigest(trx: Trx, before: Uint8Array, after: Uint8Array): Promise<void> {
  await trx
    .updateTable('devices')
    .set({ digest: Buffer.from(after) })
    .where('digest', '=', Buffer.from(before))
    .execute();
}

export type SeenDevice = {
  readonly id: string;
  readonly userId: string;
  readonly digest: Uint8Array;
  readonly agent: string;
  readonly address: string;
  readonly at: Date;
};

/** Adds a browser, or says that it was seen again. */
export async function markDevice(trx: Trx, { id, userId, digest, agent, address, at }: SeenDevice): Promise<void> {
  const seen = { agent: agent.slice(0, 300), address, seen_at: at };
  await trx
    .insertInto('devices')
    .values({ id, user_id: userId, digest: Buffer.from(digest), ...seen, created_at: at, trusted_until: null })
    .onConflict((conflict) => conflict.columns(['user_id', 'digest']).doUpdateSet(seen))
    .execute();
}

/** Those that were not seen since, and of the others the longest not seen where there are more than so many. */
export async function forgetOldDevices(trx: Trx, userId: string, since: Date, most: number): Promise<void> {
  await sql`delete from devices where user_id = ${userId} and (seen_at < ${since} or id in (
    select id from devices where user_id = ${userId} order by seen_at desc, id offset ${most}))`.execute(trx);
}

export async function trustDevice(
  trx: Trx,
  { userId, digest }: { readonly userId: string; readonly digest: Uint8Array },
  trust: { readonly at: Date; readonly until: Date },
): Promise<void> {
  await trx
    .updateTable('devices')
    .set({ trusted_at: trust.at, trusted_until: trust.until })
    .where('user_id', '=', userId)
    .where('digest', '=', Buffer.from(digest))
    .execute();
}

/** All browsers ask for the second factor again; they stay known. */
export async function endTrust(trx: Trx, userId: string): Promise<void> {
  await trx
    .updateTable('devices')
    .set({ trusted_at: null, trusted_until: null })
    .where('user_id', '=', userId)
    .where('trusted_until', 'is not', null)
    .execute();
}

export async function countDevices(trx: Trx, userId: string): Promise<number> {
  const row = await trx
    .selectFrom('devices')
    .select((of) => of.fn.countAll<number>().as('count'))
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow();
  return row.count;
}

/** All of them: whoever signs in there next is somewhere new. */
export async function forgetDevices(trx: Trx, userId: string): Promise<void> {
  await trx.deleteFrom('devices').where('user_id', '=', userId).execute();
}

export async function devicesOf(db: Database, userId: string, since: Date) {
  return db
    .selectFrom('devices')
    .select([...columns, 'digest', 'agent', 'address', 'created_at as createdAt', 'seen_at as seenAt'])
    .where('user_id', '=', userId)
    .where('seen_at', '>=', since)
    .orderBy('seen_at', 'desc')
    .orderBy('id')
    .execute();
}

/** False where it is not, or no longer, one of theirs. */
export async function forgetDevice(trx: Trx, userId: string, id: string): Promise<boolean> {
  const gone = await trx.deleteFrom('devices').where('user_id', '=', userId).where('id', '=', id).executeTakeFirst();
  return gone.numDeletedRows > 0n;
}
