import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import type { Database } from '../platform/db/database.ts';
import { countAttempt, forgetAttempts, forgetAttemptsBefore, uncountAttempt } from './attempts.store.ts';
import { AccessError } from './errors.ts';

/** At most so many tries at one thing in a window that begins with the first. `name` is kept as its digest. */
type Limit = { readonly name: string; readonly tries: number; readonly windowMs: number };

/** Tries of one at one thing, and of all at it, or of one at everything. */
export type Limits = { readonly own: Limit; readonly all: Limit };

const longestWindowMs = 86_400_000;

/**
 * Bounds how often a secret can be guessed. A try counts before it is looked at, so that a thousand at once are a
 * thousand, and whoever gets it right takes their own tries back.
 */
export class Attempts {
  readonly #database: Database;
  readonly #now: () => Date;
  constructor(database: Database, now: () => Date) {
    this.#database = database;
    this.#now = now;
  }

  /** @throws AccessError ACCESS_TOO_MANY_TRIES  with the seconds until the next try is looked at */
  async take({ own, all }: Limits): Promise<void> {
    const now = this.#now();
    // The wider one first: whoever is past it leaves no further names behind.
    for (const { name, tries, windowMs } of [all, own]) {
      const windowStart = new Date(now.getTime() - windowMs);
      const { count, since } = await countAttempt(this.#database, nameOf(name), now, windowStart);
      if (count === 1) await forgetAttemptsBefore(this.#database, new Date(now.getTime() - longestWindowMs));
      if (count <= tries) continue;
      const seconds = Math.max(1, Math.ceil((since.getTime() + windowMs - now.getTime()) / 1000));
      throw new AccessError(
        'ACCESS_TOO_MANY_TRIES',
        `There were too many tries. Wait ${minutesOf(seconds)} and try again.`,
        seconds,
      );
    }
  }

  /** It was right: one's own tries are forgotten, and of those of all this one, so that being right stops nobody. */
  async giveBack({ own, all }: Limits): Promise<void> {
    await forgetAttempts(this.#database, nameOf(own.name));
    await uncountAttempt(this.#database, nameOf(all.name));
  }
}

const nameOf = (name: string): string => createHash('sha256').update(name).digest('base64url');
const minutesOf = (seconds: number): string => (seconds <= 60 ? 'a minute' : `${Math.ceil(seconds / 60)} minutes`);

/** Where somebody comes from, for counting: of IPv6 the half that one household or ward has to itself. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped) return mapped[1] as string;
  const [head = '', tail = ''] = address.split('%')[0]?.split('::') ?? [];
  const groups = head.split(':').filter(Boolean);
  const rest = tail.split(':').filter(Boolean);
  const filled = address.includes('::')
    ? [...groups, ...Array<string>(Math.max(0, 8 - groups.length - rest.length)).fill('0'), ...rest]
    : groups;
  return filled
    .slice(0, 4)
    .map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''))
    .join(':');
}
