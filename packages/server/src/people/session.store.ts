import type { Database, SessionFactor, Trx } from '../platform/db/database.ts';

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
  readonly factor: SessionFactor | null;
  readonly provenAt: Date;
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
      factor: session.factor,
      proven_at: session.provenAt,
    })
    .execute();
}

export async function markSeen(db: Database, sessionId: string, now: Date): Promise<void> {
  await db.updateTable('sessions').set({ seen_at: now }).where('id', '=', sessionId).execute();
}

/** Says what another would go on with; nothing where it is gone already. */
export async function endSession(trx: Trx, sessionId: string) {
  return trx
    .deleteFrom('sessions')
    .where('id', '=', sessionId)
    .returning(['expires_at as expiresAt', 'agent', 'factor', 'proven_at as provenAt', 'user_id as userId'])
    .returning(['account_id as accountId', 'namespace_id as namespaceId'])
    .executeTakeFirst();
}

export async function forgetSessionsBefore(trx: Trx, now: Date): Promise<void> {
  await trx.deleteFrom('sessions').where('expires_at', '<', now).execute();
}
