import { sql } from 'kysely';
import type { Database, Trx } from '../platform/db/database.ts';

/** Whoever changes the factors of somebody takes this first: one such change at a time. */
export async function lockUser(trx: Trx, userId: string): Promise<void> {
  await trx.selectFrom('users').select('id').where('id', '=', userId).forUpdate().execute();
}

export async function factorsOf(db: Database | Trx, userId: string) {
  return db
    .selectFrom('second_factors')
    .select(['id', 'kind', 'label', 'created_at as createdAt', 'used_at as usedAt', 'backed_up as backedUp'])
    .select(['credential_id as credentialId', 'transports'])
    .where('user_id', '=', userId)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}

export type TotpRow = { readonly id: string; readonly sealedSecret: Uint8Array };

export async function totpOf(db: Database | Trx, userId: string): Promise<TotpRow | undefined> {
  return db
    .selectFrom('second_factors')
    .select(['id', sql<Buffer>`sealed_secret`.as('sealedSecret')])
    .where('user_id', '=', userId)
    .where('kind', '=', 'totp')
    .executeTakeFirst();
}

/** False where this step, or a later one, was used already: of two at once one waits for the other, and finds that. */
export async function takeStep(trx: Trx, id: string, step: number, now: Date): Promise<boolean> {
  const taken = await trx
    .updateTable('second_factors')
    .set({ last_step: step, used_at: now })
    .where('id', '=', id)
    .where((is) => is.or([is('last_step', 'is', null), is('last_step', '<', step)]))
    .executeTakeFirst();
  return taken.numUpdatedRows > 0n;
}

/** Puts an authenticator app in the place of the one that was. */
export async function replaceTotp(
  trx: Trx,
  totp: TotpRow & { readonly userId: string; readonly label: string; readonly step: number; readonly at: Date },
): Promise<void> {
  const { id, userId, label, sealedSecret, step, at } = totp;
  await trx.deleteFrom('second_factors').where('user_id', '=', userId).where('kind', '=', 'totp').execute();
  const none = { credential_id: null, public_key: null, sign_count: null, transports: null, backed_up: null };
  const own = { sealed_secret: Buffer.from(sealedSecret), last_step: step };
  await trx
    .insertInto('second_factors')
    .values({ id, user_id: userId, kind: 'totp', label, created_at: at, used_at: null, ...own, ...none })
    .execute();
}

export type PasskeyRow = {
  readonly id: string;
  readonly userId: string;
  readonly publicKey: Uint8Array;
  readonly signCount: number;
};

export async function passkeyByCredential(
  db: Database | Trx,
  credentialId: Uint8Array,
): Promise<PasskeyRow | undefined> {
  const row = await db
    .selectFrom('second_factors')
    .select(['id', 'user_id as userId', 'public_key as publicKey', 'sign_count as signCount'])
    .where('credential_id', '=', Buffer.from(credentialId))
    .executeTakeFirst();
  return row && { ...row, publicKey: new Uint8Array(row.publicKey as Buffer), signCount: Number(row.signCount) };
}

/** False where the counter did not grow since: of one that counts not at all it stays 0. WebAuthn §6.1.1. */
export async function takeCount(
  trx: Trx,
  id: string,
  { signCount, backedUp }: { readonly signCount: number; readonly backedUp: boolean },
  now: Date,
): Promise<boolean> {
  const taken = await trx
    .updateTable('second_factors')
    .set({ sign_count: signCount, backed_up: backedUp, used_at: now })
    .where('id', '=', id)
    .where((is) =>
      is.or([is('sign_count', '<', signCount), is.and([is('sign_count', '=', 0), is.val(signCount === 0)])]),
    )
    .executeTakeFirst();
  return taken.numUpdatedRows > 0n;
}

export type NewPasskey = {
  readonly id: string;
  readonly userId: string;
  readonly label: string;
  readonly credentialId: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly signCount: number;
  readonly transports: readonly string[];
  readonly backedUp: boolean;
  readonly at: Date;
};

/** False where somebody has it already. */
export async function addPasskey(trx: Trx, passkey: NewPasskey): Promise<boolean> {
  const { id, userId, label, credentialId, publicKey, signCount, transports, backedUp, at } = passkey;
  const added = await trx
    .insertInto('second_factors')
    .values({
      ...{ id, user_id: userId, kind: 'passkey', label, created_at: at, used_at: null },
      ...{ sealed_secret: null, last_step: null, sign_count: signCount, transports: [...transports] },
      ...{ credential_id: Buffer.from(credentialId), public_key: Buffer.from(publicKey), backed_up: backedUp },
    })
    .onConflict((conflict) => conflict.column('credential_id').doNothing())
    .executeTakeFirst();
  return (added.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** Which kind it was; undefined where it is not, or no longer, one of theirs. */
export async function removeFactor(trx: Trx, userId: string, id: string): Promise<'totp' | 'passkey' | undefined> {
  const gone = await trx
    .deleteFrom('second_factors')
    .where('user_id', '=', userId)
    .where('id', '=', id)
    .returning('kind')
    .executeTakeFirst();
  return gone?.kind;
}

/** Ends all that somebody could show beside a password; returns how many factors that were. */
export async function removeFactors(trx: Trx, userId: string): Promise<number> {
  await removeRecoveryCodes(trx, userId);
  const gone = await trx.deleteFrom('second_factors').where('user_id', '=', userId).executeTakeFirst();
  return Number(gone.numDeletedRows);
}

export async function removeRecoveryCodes(trx: Trx, userId: string): Promise<void> {
  await trx.deleteFrom('recovery_codes').where('user_id', '=', userId).execute();
}

export async function addRecoveryCodes(
  trx: Trx,
  userId: string,
  digests: readonly Uint8Array[],
  at: Date,
): Promise<void> {
  await trx
    .insertInto('recovery_codes')
    .values(digests.map((digest) => ({ user_id: userId, digest: Buffer.from(digest), created_at: at, used_at: null })))
    .execute();
}

/** False where it is none of theirs, or was used already. */
export async function takeRecoveryCode(trx: Trx, userId: string, digest: Uint8Array, now: Date): Promise<boolean> {
  const taken = await trx
    .updateTable('recovery_codes')
    .set({ used_at: now })
    .where('user_id', '=', userId)
    .where('digest', '=', Buffer.from(digest))
    .where('used_at', 'is', null)
    .executeTakeFirst();
  return taken.numUpdatedRows > 0n;
}

/** How many can still be used, and when they were made; null where there were never any. */
export async function recoveryCodesOf(
  db: Database | Trx,
  userId: string,
): Promise<{ readonly left: number; readonly createdAt: Date } | null> {
  const row = await db
    .selectFrom('recovery_codes')
    .select(['created_at as createdAt', sql<number>`count(*) filter (where used_at is null)::int`.as('left')])
    .where('user_id', '=', userId)
    .groupBy('created_at')
    .orderBy('created_at', 'desc')
    .executeTakeFirst();
  return row ?? null;
}
