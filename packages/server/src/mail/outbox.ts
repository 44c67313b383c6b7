import { randomUUID } from 'node:crypto';
import type { Trx } from '../platform/db/database.ts';
import type { MailKind } from './kinds.ts';
import { addMail, forgetMails } from './mail.store.ts';

export type Told = {
  readonly kind: MailKind;
  /** Absent where it is still to be found out who has the address in `about`. */
  readonly userId?: string;
  readonly accountId?: string;
  /** What the mail names beside the person: texts, and never a secret. */
  readonly about?: Readonly<Record<string, string>>;
};

/** Mails that go out once what they tell of is committed. Where the exchange sends none, nothing is kept. */
export class Outbox {
  /** Whether the exchange sends mails at all. */
  readonly sends: boolean;
  readonly #now: () => Date;
  /** Called when there is something to send; the transaction may still be open. */
  told: () => void = () => {};

  constructor(sends: boolean, now: () => Date) {
    this.sends = sends;
    this.#now = now;
  }

  /** Says something to somebody, in the transaction of what it tells of. An invitation, or a change of address, takes the place of an older one. */
  async tell(trx: Trx, { kind, userId, accountId, about = {} }: Told): Promise<void> {
    if (!this.sends) return;
    if (userId !== undefined && (kind === 'invitation' || kind === 'address-change'))
      await forgetMails(trx, kind, { userId, accountId: accountId ?? null });
    const mail = { kind, userId: userId ?? null, accountId: accountId ?? null, about };
    await addMail(trx, randomUUID(), mail, this.#now());
    this.told();
  }
}
