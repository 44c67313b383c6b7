import type { Actor, Past } from '../access/index.ts';
import { PeopleError } from './errors.ts';
import { provenSecret } from './one-time-secret.ts';
import type { SessionDeps } from './sessions.ts';

export const linkOver = (): PeopleError =>
  new PeopleError('MAILED_LINK_OVER', 'The link was used already, or its hour is over.');
export const linkNotFound = (): PeopleError =>
  new PeopleError('MAILED_LINK_NOT_FOUND', 'There is no such link, or a newer one took its place.');

type Link = { readonly digest: Buffer; readonly usedAt: Date | null; readonly expiresAt: Date };

/**
 * The mailed link whose secret this is, while it works. `refused` hears of one that is over, or of none.
 *
 * @throws PeopleError MAILED_LINK_NOT_FOUND, MAILED_LINK_OVER; AccessError ACCESS_TOO_MANY_TRIES
 */
export async function provenLink<Row extends Link>(
  { attempts, now }: Pick<SessionDeps, 'attempts' | 'now'>,
  { kind, text, actor }: { readonly kind: string; readonly text: string; readonly actor: Actor },
  find: (id: string) => Promise<Row | undefined>,
  refused: (row: Row | undefined, past?: Past) => Promise<unknown>,
): Promise<Row> {
  const row = await provenSecret(
    attempts,
    { kind, text, address: actor.address },
    { find, refused: (past) => refused(undefined, past) },
  );
  if (row && row.usedAt === null && row.expiresAt > now()) return row;
  await refused(row);
  throw row ? linkOver() : linkNotFound();
}
