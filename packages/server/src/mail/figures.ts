import type { Database } from '../platform/db/database.ts';
import type { Figure } from '../platform/http/metrics.ts';
import { countMails } from './mail.store.ts';

/** What a monitoring system is told of mails. */
export async function mailFigures(database: Database): Promise<Figure[]> {
  const { waiting, givenUp } = await countMails(database);
  return [
    { name: 'mails_waiting', help: 'Mails that have not gone out yet.', value: waiting },
    { name: 'mails_given_up', help: 'Mails of the last 30 days that were given up.', value: givenUp },
  ];
}
