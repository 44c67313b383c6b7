import type { MailProblem } from '@symbolon/contract';
import type { Generated } from 'kysely';

export type MailTables = {
  mails: {
    id: string;
    kind: string;
    user_id: string | null;
    account_id: string | null;
    about: unknown;
    created_at: Date;
    next_try_at: Date;
    tries: Generated<number>;
    problem: Generated<MailProblem | null>;
    given_up_at: Generated<Date | null>;
  };
};
