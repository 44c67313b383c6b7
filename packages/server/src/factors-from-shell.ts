import { type Environment, withKeysAndDatabase } from './from-shell.ts';
import { clearFactors, personByEmail } from './people/index.ts';

/**
 * Takes the second factors of somebody away who lost them, whichever accounts they are in: the way back where no administrator has
 * it in hand. Each of their accounts is told. Undefined where there is nobody with this address; otherwise how many there were.
 */
export function clearFactorsOf(env: Environment, email: string): Promise<number | undefined> {
  return withKeysAndDatabase(env, (database, audit) =>
    database.transaction().execute(async (trx) => {
      const person = await personByEmail(trx, email.trim().toLowerCase());
      if (person === undefined) return undefined;
      const cleared = await clearFactors(trx, person.id);
      await audit.record(
        trx,
        person.accountIds.map((accountId) => ({
          ...{ actor: { kind: 'exchange', address: null }, accountId, action: 'factor.reset', kind: 'delete' },
          outcome: 'success',
          detail: { user: person.id, by: 'shell', cleared },
        })),
      );
      return cleared;
    }),
  );
}
