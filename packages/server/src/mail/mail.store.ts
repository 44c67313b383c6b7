import type { MailProblem } from '@symbolon/contract';
import { sql } from 'kysely';
import type { Database, Trx } from '../platform/db/database.ts';
import type { MailKind } from './kinds.ts';

/** What is to be told to whom. Never a secret: the secret of a link is made when the mail is. */
export type MailRow = {
  readonly id: string;
  readonly kind: MailKind;
  /** Null where it is to be found out who has that address, if anybody. */
  readonly userId: string | null;
  readonly accountId: string | null;
  readonly about: Readonly<Record<string, string>>;
  readonly createdAt: Date;
  /** How often it was tried, this time included. */
  readonly tries: number;
};

export type NewMail = Pick<MailRow, 'kind' | 'userId' | 'accountId' | 'about'>;

/** Adds a mail. */
export async function addMail(trx: Trx, id: string, { kind, userId, accountId, about }: NewMail, now: Date) {
  await trx
    .insertInto('mails')
    .values({
      id,
      kind,
      user_id: userId,
      account_id: accountId,
      about: JSON.stringify(about),
      created_at: now,
      next_try_at: now,
    })
    .execute();
}

/** What has not gone out of one kind to one person, or in one account: for what a newer one makes useless. */
export async function forgetMails(
  trx: Trx,
  kind: MailKind,
  { userId, accountId }: { readonly userId: string; readonly accountId?: string | null },
): Promise<void> {
  let mails = trx.deleteFrom('mails').where('kind', '=', kind).where('user_id', '=', userId);
  if (accountId) mails = mails.where('account_id', '=', accountId);
  await mails.execute();
}

const columns = [
  'id',
  'kind',
  'user_id as userId',
  'account_id as accountId',
  'about',
  'created_at as createdAt',
  'tries',
] as const;

/** The next that is due, which no other node takes before `leasedUntil`. */
export async function takeMail(trx: Trx, now: Date, leasedUntil: Date): Promise<MailRow | undefined> {
  const due = await trx
    .selectFrom('mails')
    .select('id')
    .where('given_up_at', 'is', null)
    .where('next_try_at', '<=', now)
    .orderBy('next_try_at')
    .orderBy('created_at')
    .limit(1)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
  if (!due) return undefined;
  const taken = await trx
    .updateTable('mails')
    .set({ tries: sql`tries + 1`, next_try_at: leasedUntil })
    .where('id', '=', due.id)
    .returning(columns)
    .executeTakeFirstOrThrow();
  return taken as MailRow;
}

export async function forgetMail(db: Database | Trx, id: string): Promise<void> {
  await db.deleteFrom('mails').where('id', '=', id).execute();
}

export async function putOffMail(db: Database, id: string, problem: MailProblem, until: Date): Promise<void> {
  await db.updateTable('mails').set({ problem, next_try_at: until }).where('id', '=', id).execute();
}

export async function giveMailUp(db: Database, id: string, problem: MailProblem, now: Date): Promise<void> {
  await db.updateTable('mails').set({ problem, given_up_at: now }).where('id', '=', id).execute();
}

/** Those of these kinds that were asked for before, and did not go out. */
export async function giveOldMailsUp(
  db: Database,
  kinds: readonly MailKind[],
  { before, now }: { readonly before: Date; readonly now: Date },
): Promise<readonly { readonly id: string; readonly kind: string }[]> {
  if (kinds.length === 0) return [];
  return db
    .updateTable('mails')
    .set({ given_up_at: now, problem: sql`coalesce(problem, 'away')` })
    .where('kind', 'in', [...kinds])
    .where('given_up_at', 'is', null)
    .where('created_at', '<', before)
    .returning(['id', 'kind'])
    .execute();
}

export async function forgetMailsGivenUpBefore(db: Database, before: Date): Promise<void> {
  await db.deleteFrom('mails').where('given_up_at', '<', before).execute();
}

/** When the next is due, of those that are still tried. */
export async function nextMailAt(db: Database): Promise<Date | undefined> {
  const row = await db
    .selectFrom('mails')
    .select('next_try_at as at')
    .where('given_up_at', 'is', null)
    .orderBy('next_try_at')
    .limit(1)
    .executeTakeFirst();
  return row?.at;
}

/** What became of the newest mail of a kind to somebody in an account; undefined where it went out. */
export async function mailOf(
  db: Database,
  kind: MailKind,
  { userId, accountId }: { readonly userId: string; readonly accountId: string },
) {
  return db
    .selectFrom('mails')
    .select(['problem', 'given_up_at as givenUpAt', 'created_at as createdAt'])
    .where('kind', '=', kind)
    .where('user_id', '=', userId)
    .where('account_id', '=', accountId)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
}

export async function countMails(db: Database): Promise<{ readonly waiting: number; readonly givenUp: number }> {
  const row = await db
    .selectFrom('mails')
    .select((of) => of.fn.countAll<number>().filterWhere('given_up_at', 'is', null).as('waiting'))
    .select((of) => of.fn.countAll<number>().filterWhere('given_up_at', 'is not', null).as('givenUp'))
    .executeTakeFirstOrThrow();
  return { waiting: Number(row.waiting), givenUp: Number(row.givenUp) };
}
