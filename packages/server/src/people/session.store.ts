import type { Database, Trx } from '../platform/db/database.ts';

export type NewSession = {
  readonly id: string;
  readonly digest: Uint8Array;
  readonly userId: string;
  readonly accountId: string;
  readonly namespaceId: string;
  readonly address: string;
  readonly agent: string;
  readonly seenAt: Date;
  readonly expiresAt: Date;
};

export async function addSession(trx: Trx, session: NewSession): Promise<void> {
  await trx
    .insertInto('sessions')
    .values({
      id: session.id,
      digest: Buffer.from(session.digest),
      user_id: session.userId,
      account_id: session.accountId,
      namespace_id: session.namespaceId,
      address: session.address,
      agent: session.agent.slice(0, 300),
      seen_at: session.seenAt,
      expires_at: session.expiresAt,
    })
    .execute();
}

export async function markSeen(db: Database, sessionId: string, now: Date): Promise<void> {
  await db.updateTable('sessions').set({ seen_at: now }).where('id', '=', sessionId).execute();
}

/** Says when it would have been over; nothing where it is gone already. */
export async function endSession(
  trx: Trx,
  sessionId: string,
): Promise<{ readonly expiresAt: Date; readonly agent: string } | undefined> {
  return trx
    .deleteFrom('sessions')
    .where('id', '=', sessionId)
    .returning(['expires_at as expiresAt', 'agent'])
    .executeTakeFirst();
}

export async function forgetSessionsBefore(trx: Trx, now: Date): Promise<void> {
  await trx.deleteFrom('sessions').where('expires_at', '<', now).execute();
}
