import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import type { Database } from '../platform/db/database.ts';
import { countAttempt, forgetAttempts, forgetAttemptsBefore, uncountAttempt } from './attempts.store.ts';
import { AccessError } from './errors.ts';

/**
 * At most so many tries at one thing in a window that begins with the first. `name` is kept as its digest. `everywhere`: it is
 * not about one place, so that many have their part in it.
 */
export type Limit = {
  readonly name: string;
  readonly tries: number;
  readonly windowMs: number;
  readonly everywhere?: boolean;
};

/** Tries of one at one thing, and of all at it, or of one at everything; and others, which count what those let through. */
export type Limits = { readonly own: Limit; readonly all: Limit; readonly others?: readonly Limit[] };

/** A limit that is reached, in the window that is open: `name` is the digest. */
export type Past = {
  readonly name: string;
  readonly since: Date;
  readonly endsAt: Date;
  readonly everywhere: boolean;
};

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
  async take({ own, all, others = [] }: Limits): Promise<void> {
    // The wider one first: whoever is past it leaves no further names behind. The others last. Who is past their own limit must not
    // use up what is there for everybody: nothing was looked at, so the try is taken back from all.
    for (const limit of [all, own, ...others]) {
      const past = await this.count(limit);
      if (past === undefined) continue;
      if (limit !== all) await uncountAttempt(this.#database, nameOf(all.name));
      const seconds = Math.max(1, Math.ceil((past.endsAt.getTime() - this.#now().getTime()) / 1000));
      throw new AccessError(
        'ACCESS_TOO_MANY_TRIES',
        `There were too many tries. Wait ${waitText(seconds)} and try again.`,
        seconds,
        past,
      );
    }
  }

  /** Counts one, and says whether it is past the limit; undefined where it is not. */
  async count({ name: plain, tries, windowMs, everywhere = false }: Limit): Promise<Past | undefined> {
    const now = this.#now();
    const name = nameOf(plain);
    const { count, since } = await countAttempt(this.#database, name, now, new Date(now.getTime() - windowMs));
    if (count === 1) await forgetAttemptsBefore(this.#database, new Date(now.getTime() - longestWindowMs));
    if (count <= tries) return undefined;
    return { name, since, endsAt: new Date(since.getTime() + windowMs), everywhere };
  }

  /** It was right: one's own tries are forgotten, and of those of all this one, so that being right stops nobody. */
  async giveBack({ own, all, others = [] }: Limits): Promise<void> {
    await forgetAttempts(this.#database, nameOf(own.name));
    for (const { name } of [all, ...others]) await uncountAttempt(this.#database, nameOf(name));
  }

  /** What was tried before does not count any more, as where the secret is another one now. */
  async forget(limits: readonly Limit[]): Promise<void> {
    for (const { name } of limits) await forgetAttempts(this.#database, nameOf(name));
  }
}

const nameOf = (name: string): string => createHash('sha256').update(name).digest('base64url');
function waitText(seconds: number): string {
  if (seconds <= 60) return 'a minute';
  return seconds <= 2 * 3600 ? `${Math.ceil(seconds / 60)} minutes` : `${Math.ceil(seconds / 3600)} hours`;
}

/** What one customer of a provider may have of IPv6 to themselves, 65,536 networks of `networkOf`; of IPv4 the address. For limits beside those of a network. */
export const siteOf = (address: string): string => networkOf(address).split(':').slice(0, 3).join(':');

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
