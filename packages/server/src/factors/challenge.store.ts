import type { Database, Trx } from '../platform/db/database.ts';

/** `enrol-…` and `prove`: of one person; `sign-in`: of whoever has a passkey. */
export type Purpose = 'enrol-totp' | 'enrol-passkey' | 'prove' | 'sign-in';

export type Challenge = {
  readonly id: string;
  readonly purpose: Purpose;
  readonly userId: string | null;
  readonly bytes: Uint8Array;
  readonly sealedSecret: Uint8Array | null;
};

/**
 * Adds one. Those that are over go; of what a person begins to set up the one before, too: there is one at a time. One that asks them
 * to show what they have takes no other's place: who knows the password alone can ask for it, and would keep the owner's from ever
 * being answered. How many there are is bounded where they are asked for (`askPasskey`).
 */
export async function addChallenge(trx: Trx, challenge: Challenge, now: Date, expiresAt: Date): Promise<void> {
  const { id, purpose, userId, bytes, sealedSecret } = challenge;
  await trx.deleteFrom('challenges').where('expires_at', '<=', now).execute();
  if (userId !== null && purpose !== 'prove')
    await trx.deleteFrom('challenges').where('user_id', '=', userId).where('purpose', '=', purpose).execute();
  const sealed = sealedSecret && Buffer.from(sealedSecret);
  const row = { id, purpose, user_id: userId, bytes: Buffer.from(bytes), sealed_secret: sealed };
  await trx
    .insertInto('challenges')
    .values({ ...row, expires_at: expiresAt })
    .execute();
}

type Which = Pick<Challenge, 'id' | 'purpose' | 'userId'>;

const columns = ['id', 'bytes', 'sealed_secret as sealedSecret'] as const;

export async function challengeOf(db: Database, { id, purpose, userId }: Which, now: Date) {
  return db
    .selectFrom('challenges')
    .select(columns)
    .where('id', '=', id)
    .where('purpose', '=', purpose)
    .where('user_id', userId === null ? 'is' : '=', userId)
    .where('expires_at', '>', now)
    .executeTakeFirst();
}

/** Takes it away, so that nothing answers it again, whatever comes of this answer; undefined where it is over or was answered. */
export async function takeChallenge(db: Database | Trx, { id, purpose, userId }: Which, now: Date) {
  return db
    .deleteFrom('challenges')
    .where('id', '=', id)
    .where('purpose', '=', purpose)
    .where('user_id', userId === null ? 'is' : '=', userId)
    .where('expires_at', '>', now)
    .returning(columns)
    .executeTakeFirst();
}
