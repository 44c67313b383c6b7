import { type Environment, withKeysAndDatabase } from './from-shell.ts';
import { makeResetFromShell } from './people/index.ts';

/**
 * A link by which somebody sets a new password, made on the machine of the exchange: the way back for who has nobody to ask.
 * Recorded as done by the exchange itself. Undefined where nobody who can sign in has that address.
 */
export function resetPasswordFromShell(
  env: Environment,
  email: string,
): Promise<{ readonly address: string; readonly expiresAt: string } | undefined> {
  return withKeysAndDatabase(env, (database, audit, { publicUrl }) =>
    database
      .transaction()
      .execute((trx) =>
        makeResetFromShell({ audit, publicUrl, now: () => new Date() }, trx, email.trim().toLowerCase()),
      ),
  );
}
