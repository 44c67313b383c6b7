import { AccessError, type Attempts, type Limit, type Limits, networkOf, type Past } from '../access/index.ts';
import { verifyPassword } from './passwords.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** Tries at one person's password from one place, and at anybody's from there. */
export function signInLimits(email: string, address: string): Limits {
  const network = networkOf(address);
  const own = { name: `sign-in ${email} from ${network}`, tries: 20, windowMs: 15 * minuteMs };
  return { own, all: { name: `sign-in from ${network}`, tries: 200, windowMs: 15 * minuteMs } };
}

/** Tries at one person's password from all networks together: docs/decisions/2026-11-23-how-many-guesses.md. */
const everywhere = (email: string): readonly Limit[] => [
  { name: `sign-in ${email} in an hour`, tries: 60, windowMs: hourMs, everywhere: true },
  { name: `sign-in ${email} in a day`, tries: 150, windowMs: dayMs, everywhere: true },
];

/**
 * The limits of a sign-in. From a browser in which this person signed in before it has a count of its own, and none that anybody
 * else could use up. From elsewhere it counts for the network, by the quarter of an hour and by the day, and for the person from
 * all networks together: no one network alone uses that up. The same for an address that nobody has.
 */
export function doorLimits(email: string, address: string, deviceId: string | undefined): Limits {
  if (deviceId !== undefined) {
    const name = `sign-in ${email} in browser ${deviceId}`;
    const own = { name, tries: 20, windowMs: 15 * minuteMs };
    return { own, all: { name: `${name} in a day`, tries: 100, windowMs: dayMs } };
  }
  const byDay = { name: `sign-in ${email} from ${networkOf(address)} in a day`, tries: 50, windowMs: dayMs };
  return { ...signInLimits(email, address), others: [byDay, ...everywhere(email)] };
}

/**
 * The limits of who is signed in and shows once more that they know their password. In a browser that is known for them it has the
 * count of that browser: whoever guesses at the door of the same building must not keep anybody before a locked screen.
 */
export const provingLimits = (email: string, address: string, deviceId: string | undefined): Limits =>
  deviceId === undefined ? signInLimits(email, address) : doorLimits(email, address, deviceId);

/** Somebody has another password now: what was guessed of the one before says nothing of it, and must not keep them out. */
export const forgetGuesses = (attempts: Attempts, email: string): Promise<void> => attempts.forget(everywhere(email));

export type Proof = {
  readonly password: string;
  /** Undefined where nobody has one: that takes as long as a wrong password. */
  readonly hash: string | undefined;
  readonly limits: Limits;
  /** What must be true beside the password. Where it is not, the try counts as wrong and takes as long. */
  readonly besides?: boolean;
  /** Records the refusal; `right` where it was the password all the same, `past` where it was not looked at. */
  readonly refused: (found: { readonly right: boolean; readonly past?: Past | undefined }) => Promise<unknown>;
};

/**
 * Whether the password is the one behind the hash: the one piece for every road on which somebody proves that they know theirs.
 * The try counts before it is looked at, whoever is right takes their tries back, and each refusal is recorded before it is told.
 *
 * Cost  one argon2id, whatever the outcome; none past the limit.
 *
 * @throws AccessError ACCESS_TOO_MANY_TRIES
 */
export async function provePassword(attempts: Attempts, proof: Proof): Promise<boolean> {
  const { password, hash, limits, besides = true, refused } = proof;
  await attempts.take(limits).catch(async (error: unknown) => {
    if (error instanceof AccessError) await refused({ right: false, past: error.past });
    throw error;
  });
  const right = await verifyPassword(password, hash);
  if (right && besides) await attempts.giveBack(limits);
  else await refused({ right });
  return right && besides;
}
