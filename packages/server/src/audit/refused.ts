import type { Past } from '../access/index.ts';
import type { Database, Trx } from '../platform/db/database.ts';
import type { Audit, AuditEntry, AuditKind } from './record.ts';
import { countRefused, type RefusedTries, takeRefused } from './refused.store.ts';

const atOnce = 500;

/**
 * Records a try that was turned away past a limit. Whoever guesses goes on long after that, and must not fill the audit: of each
 * limit and window the first is recorded at once, and how many more there were by `recordCounted` when it is over.
 *
 * Law  of each limit, window and person, or link, there are two records at most, however many tries there were.
 *
 * @returns whether it was the first
 */
export async function recordPast(audit: Audit, database: Database, past: Past, entry: AuditEntry): Promise<boolean> {
  const { since, endsAt, everywhere } = past;
  const { action, kind, actor } = entry;
  const concerning = { accountId: entry.accountId ?? null, userId: entry.userId ?? null, linkId: entry.linkId ?? null };
  // A limit may be of a place from which one tries many: each account is told of its own.
  const name = `${past.name} ${entry.userId ?? entry.linkId ?? ''}`;
  // From where so many came is in the first record; those that follow may come from elsewhere.
  const address = everywhere ? null : actor.address;
  return database.transaction().execute(async (trx) => {
    const tries = await countRefused(trx, { name, since, endsAt, ...concerning, address, action, kind });
    if (tries > 1) return false;
    const detail = { tooManyTries: true, everywhere, since: since.toISOString(), until: endsAt.toISOString() };
    await audit.record(trx, [{ ...entry, outcome: 'refused', detail }]);
    return true;
  });
}

/** How many more there were in windows that are over, or, where somebody got in, of theirs. True where there may be more to record. */
export async function recordCounted(
  audit: Audit,
  trx: Trx,
  which: { readonly before: Date } | { readonly userId: string },
): Promise<boolean> {
  const found = await takeRefused(trx, 'userId' in which ? which : { ...which, most: atOnce });
  await audit.record(trx, found.filter(({ tries }) => tries > 1).map(sumOf));
  return found.length === atOnce;
}

/** Of nobody's account there is no detail: it could be sealed for nobody. */
function sumOf({ tries, since, endsAt, address, ...about }: RefusedTries): AuditEntry {
  const { accountId, userId, linkId } = about;
  return {
    actor: address === null ? { kind: 'exchange', address: null } : { kind: 'visitor', address },
    ...(accountId !== null && { accountId }),
    ...(userId !== null && { userId }),
    ...(linkId !== null && { linkId }),
    action: about.action as AuditEntry['action'],
    kind: about.kind as AuditKind,
    outcome: 'refused',
    detail: { tooManyTries: tries - 1, since: since.toISOString(), until: endsAt.toISOString() },
  };
}
