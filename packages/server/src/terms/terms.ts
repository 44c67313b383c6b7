import { createHash } from 'node:crypto';
import type { TermsAnswer, TermsChange } from '@symbolon/contract';
import { AccessError, actorNow, type SignedIn } from '../access/index.ts';
import type { Audit, Looks } from '../audit/index.ts';
import type { Database } from '../platform/db/database.ts';
import { TermsError } from './errors.ts';
import { acceptedAt, addAcceptance, addTerms, type StoredTerms, termsOf } from './terms.store.ts';

export type TermsDeps = {
  readonly database: Database;
  readonly audit: Audit;
  readonly looks: Looks;
  readonly now: () => Date;
};

/** A text as the audit names it. */
export const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex');

const none = { version: 0, text: '', createdAt: null } as const;

/** What holds, or the version that is asked for, and whether who asks accepted it. @throws TermsError TERMS_CHANGED  there is no such version */
export async function readTerms(
  { database }: TermsDeps,
  { accountId, userId }: SignedIn,
  asked?: number,
): Promise<TermsAnswer> {
  const found = await termsOf(database, accountId, asked);
  if (found === undefined && asked !== undefined) throw changed();
  const { version, text, createdAt } = found ?? none;
  const accepted = await acceptedAt(database, { accountId, userId, version });
  return {
    version,
    text,
    sha256: sha256Of(text),
    createdAt: createdAt?.toISOString() ?? null,
    acceptedAt: accepted?.toISOString() ?? null,
  };
}

const changed = (): TermsError => new TermsError('TERMS_CHANGED', 'There is another version of the terms of use now.');

/**
 * A new version. Everybody of the account is asked at their next request, who set it too; tokens are not.
 *
 * @throws TermsError TERMS_CHANGED  somebody else set another version meanwhile
 */
export async function setTerms(
  deps: TermsDeps,
  asker: SignedIn,
  { text, after }: Pick<TermsChange, 'text' | 'after'>,
): Promise<TermsAnswer> {
  await deps.database.transaction().execute(async (trx) => {
    // One at a time in the account: two versions never have one number.
    const actor = await actorNow(trx, asker, 'terms.set');
    const { accountId, userId } = actor;
    const before: Pick<StoredTerms, 'version' | 'text'> = (await termsOf(trx, accountId)) ?? none;
    if (before.version !== after) throw changed();
    if (before.text === text) return;
    const version = before.version + 1;
    await addTerms(trx, { accountId, version, text, createdBy: userId, createdAt: deps.now() });
    const told = (number: number, of: string) => ({ version: number, sha256: sha256Of(of), empty: of === '' });
    const detail = { before: told(before.version, before.text), after: told(version, text) };
    await deps.audit.record(trx, [{ actor, action: 'terms.set', kind: 'update', outcome: 'success', detail }]);
  });
  return readTerms(deps, asker);
}

/**
 * Accepts the version that was shown, in person.
 *
 * @throws TermsError TERMS_CHANGED  it is not the one that holds
 */
export async function acceptTerms(deps: TermsDeps, actor: SignedIn, version: number): Promise<TermsAnswer> {
  if (actor.by !== 'session')
    throw new AccessError('ACCESS_REFUSED', 'Terms of use are accepted by who is signed in with a browser.');
  const { accountId, userId, address } = actor;
  await deps.database.transaction().execute(async (trx) => {
    const terms = await termsOf(trx, accountId);
    if (terms?.version !== version || terms.text === '') throw changed();
    if (!(await addAcceptance(trx, { accountId, userId, version, address, at: deps.now() }))) return;
    const detail = { version, sha256: sha256Of(terms.text) };
    await deps.audit.record(trx, [{ actor, action: 'terms.accept', kind: 'create', outcome: 'success', detail }]);
  });
  return readTerms(deps, actor);
}
