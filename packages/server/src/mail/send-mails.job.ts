import type { MailProblem } from '@symbolon/contract';
import type { Database, Trx } from '../platform/db/database.ts';
import { type MailKind, triedForMs } from './kinds.ts';
import type { Letter } from './letter.ts';
import {
  forgetMail,
  forgetMailsGivenUpBefore,
  giveMailUp,
  giveOldMailsUp,
  type MailRow,
  nextMailAt,
  putOffMail,
  takeMail,
} from './mail.store.ts';
import { MailError, type Postman } from './postman.ts';

export type MailJobDeps = {
  readonly database: Database;
  readonly postman: Postman;
  /** Writes the mail, and makes the secret of its link, in one transaction; undefined where there is nothing to tell any more. */
  readonly write: (trx: Trx, mail: MailRow) => Promise<Letter | undefined>;
  readonly now: () => Date;
  /** A mail that did not go out and is not tried again. */
  readonly givenUp: (mail: { readonly id: string; readonly kind: string; readonly problem: MailProblem }) => void;
  /** One that is tried again. */
  readonly putOff: (mail: {
    readonly kind: string;
    readonly problem: MailProblem;
    readonly code: number | undefined;
  }) => void;
  readonly failed: (error: unknown) => void;
};

const secondMs = 1000;
const dayMs = 86_400 * secondMs;
/** After the first try, the second …; greylisting lets a mail pass after some minutes. */
const waitsMs = [5, 30, 120, 300, 600, 1800, 3600].map((seconds) => seconds * secondMs);
/** Longer than any try takes: a node that died with a mail in its hands leaves it to the next. */
const leaseMs = 300 * secondMs;
/** How long what was given up stays to be seen. */
const keptDays = 30;
const idleMs = 15 * secondMs;
/** Somebody said that there is something: it may not be committed yet. */
const eagerMs = 5 * secondMs;
const glanceMs = 200;

const waitMs = (tries: number): number => waitsMs[Math.min(tries, waitsMs.length) - 1] as number;

/**
 * Sends what is in the outbox, one mail after the other; on several nodes each mail is sent by one.
 *
 * Law  a mail goes out at least once or is given up visibly; twice only where a node died between the server's yes and its own note.
 */
export class MailJob {
  readonly #deps: MailJobDeps;
  readonly #stop = new AbortController();
  readonly #stopped: Promise<'stopped'>;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #eagerUntil = 0;
  #awayTries = 0;

  constructor(deps: MailJobDeps) {
    this.#deps = deps;
    this.#stopped = new Promise((resolve) => {
      this.#stop.signal.addEventListener('abort', () => resolve('stopped'), { once: true });
    });
  }

  /** Also at the start. */
  wake(): void {
    if (this.#stop.signal.aborted) return;
    this.#eagerUntil = performance.now() + eagerMs;
    if (this.#running !== undefined) return;
    clearTimeout(this.#timer);
    this.#go();
  }

  /** Does not wait for a server that takes its time: that mail is tried again. */
  async stop(): Promise<void> {
    this.#stop.abort();
    clearTimeout(this.#timer);
    await this.#running;
  }

  #go(): void {
    this.#running = this.#round().then((againMs) => {
      this.#running = undefined;
      if (this.#stop.signal.aborted) return;
      this.#timer = setTimeout(() => this.#go(), againMs).unref();
    });
  }

  /** Sends what is due. Never throws. Returns after how long to look again, in milliseconds. */
  async #round(): Promise<number> {
    const { database, now, failed } = this.#deps;
    try {
      while (!this.#stop.signal.aborted) {
        const outcome = await this.#one();
        if (outcome === 'away') {
          this.#awayTries += 1;
          return Math.min(waitMs(this.#awayTries), 60 * secondMs);
        }
        if (outcome === 'nothing') break;
        this.#awayTries = 0;
      }
      await forgetMailsGivenUpBefore(database, new Date(now().getTime() - keptDays * dayMs));
      const next = await nextMailAt(database);
      const untilNext = next === undefined ? idleMs : next.getTime() - now().getTime();
      const idle = performance.now() < this.#eagerUntil ? glanceMs : idleMs;
      return Math.max(glanceMs, Math.min(idle, untilNext));
    } catch (error) {
      failed(error);
      return idleMs;
    }
  }

  async #one(): Promise<'sent' | 'not sent' | 'nothing' | 'away'> {
    const { database, postman, write, now } = this.#deps;
    const taken = await database.transaction().execute(async (trx) => {
      const mail = await takeMail(trx, now(), new Date(now().getTime() + leaseMs));
      if (mail === undefined) return undefined;
      const letter = await write(trx, mail);
      if (letter === undefined) await forgetMail(trx, mail.id);
      return { mail, letter };
    });
    if (taken === undefined) return 'nothing';
    const { mail, letter } = taken;
    if (letter === undefined) return 'sent';
    const sent = await Promise.race([outcomeOf(postman(letter)), this.#stopped]);
    if (sent === 'stopped') return 'not sent';
    if (sent === 'sent') {
      await forgetMail(database, mail.id);
      return 'sent';
    }
    await this.#notSent(mail, sent);
    // Of one mailbox, or of the server as a whole: then the others need not be tried just now.
    return sent.problem === 'refused' || sent.problem === 'put off' ? 'not sent' : 'away';
  }

  async #notSent({ id, kind, tries }: MailRow, { problem, code, forGood }: MailError): Promise<void> {
    const { database, now, givenUp, putOff } = this.#deps;
    const at = now();
    if (forGood) {
      await giveMailUp(database, id, problem, at);
      givenUp({ id, kind, problem });
      return;
    }
    putOff({ kind, problem, code });
    await putOffMail(database, id, problem, new Date(at.getTime() + waitMs(tries)));
    for (const [ms, kinds] of Map.groupBy(Object.keys(triedForMs) as MailKind[], (one) => triedForMs[one])) {
      const before = new Date(at.getTime() - ms);
      for (const old of await giveOldMailsUp(database, kinds, { before, now: at })) givenUp({ ...old, problem });
    }
  }
}

const outcomeOf = (sending: Promise<void>): Promise<'sent' | MailError> =>
  sending.then(
    () => 'sent' as const,
    (error: unknown) => {
      if (error instanceof MailError) return error;
      throw error;
    },
  );
