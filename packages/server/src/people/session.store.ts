import type { SignedIn } from '../access/index.ts';
import type { Database, SessionFactor, Trx } from '../platform/db/database.ts';
import { withPolicy } from './policy-of.ts';

/** What was proven in a session. */
export type SessionProof = {
  readonly factor: SessionFactor | null;
  readonly provenAt: Date;
  readonly lockedAt: Date | null;
  readonly identitiesUntil: Date | null;
};

export type NewSession = SessionProof & {
  readonly id: string;
  readonly digest: Uint8Array;
  readonly userId: string;
  readonly accountId: string;
  readonly namespaceId: string;
  readonly address: string;
  readonly agent: string;
  readonly seenAt: Date;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly finishedAt: Date | null;
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
      created_at: session.createdAt,
      finished_at: session.finishedAt,
      locked_at: session.lockedAt,
      identities_until: session.identitiesUntil,
    })
    .execute();
}

export async function markSeen(db: Database, sessionId: string, now: Date): Promise<void> {
  await db.updateTable('sessions').set({ seen_at: now }).where('id', '=', sessionId).execute();
}

export async function markFinished(db: Database, sessionId: string, now: Date): Promise<void> {
  await db.updateTable('sessions').set({ finished_at: now }).where('id', '=', sessionId).execute();
}

/** Locked once: another touch does not make it younger. Whoever comes back has identities to open anew. */
export async function lockSession(
  db: Database | Trx,
  { id, digest }: { readonly id: string; readonly digest: Uint8Array | undefined },
  now: Date,
): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ locked_at: now, identities_until: null })
    .where('id', '=', id)
    // Who has proven meanwhile who they are goes on under another secret, and is not locked out by a request of before.
    .where('digest', '=', Buffer.from(digest ?? []))
    .where('locked_at', 'is', null)
    .execute();
}

/** What a page is told of its session, beside who is there. */
export async function sessionFacts(db: Database, sessionId: string) {
  const row = await db
    .selectFrom('sessions')
    .innerJoin('accounts', 'accounts.id', 'sessions.account_id')
    .innerJoin('memberships', (join) =>
      join
        .onRef('memberships.account_id', '=', 'sessions.account_id')
        .onRef('memberships.user_id', '=', 'sessions.user_id'),
    )
    .select(['accounts.sign_in_policy as policy', 'sessions.identities_until as identitiesUntil'])
    .select((is) => is('memberships.second_password_hash', 'is not', null).as('hasSecondPassword'))
    .where('sessions.id', '=', sessionId)
    .executeTakeFirst();
  return row && withPolicy(row);
}

/** The session goes on under another secret. False where it is over, or goes by another secret already than it was asked with. */
export async function changeSecret(
  trx: Trx,
  { credentialId, digest, address }: SignedIn,
  next: Uint8Array,
  { factor, provenAt, lockedAt, identitiesUntil }: Partial<SessionProof>,
  now: Date,
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('sessions')
    .set({ digest: Buffer.from(next), address, seen_at: now })
    .$if(factor !== undefined, (update) => update.set({ factor }))
    .$if(provenAt !== undefined, (update) => update.set({ proven_at: provenAt }))
    .$if(lockedAt !== undefined, (update) => update.set({ locked_at: lockedAt }))
    .$if(identitiesUntil !== undefined, (update) => update.set({ identities_until: identitiesUntil }))
    .where('id', '=', credentialId)
    .where('digest', '=', Buffer.from(digest ?? []))
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Says what another would go on with; nothing where it is gone already, or goes by another secret than it was asked with. */
export async function endSession(trx: Trx, { credentialId, digest }: SignedIn) {
  return trx
    .deleteFrom('sessions')
    .where('id', '=', credentialId)
    .where('digest', '=', Buffer.from(digest ?? []))
    .returning(['expires_at as expiresAt', 'agent', 'factor', 'proven_at as provenAt', 'created_at as createdAt'])
    .returning(['finished_at as finishedAt', 'locked_at as lockedAt', 'identities_until as identitiesUntil'])
    .executeTakeFirst();
}

/** Whatever secret it goes by now. False where it is gone already. */
export async function endSessionOf(trx: Trx, { credentialId }: SignedIn): Promise<boolean> {
  const { numDeletedRows } = await trx.deleteFrom('sessions').where('id', '=', credentialId).executeTakeFirst();
  return numDeletedRows > 0n;
}

export async function forgetSessionsBefore(trx: Trx, now: Date): Promise<void> {
  await trx.deleteFrom('sessions').where('expires_at', '<', now).execute();
}
