import { AccessError, type Attempts, type Limits, networkOf } from '../access/index.ts';
import { verifyPassword } from './passwords.ts';

const minuteMs = 60_000;

/** Tries at one person's password from one place, and at anybody's from there. */
export function signInLimits(email: string, address: string): Limits {
  const network = networkOf(address);
  const own = { name: `sign-in ${email} from ${network}`, tries: 20, windowMs: 15 * minuteMs };
  return { own, all: { name: `sign-in from ${network}`, tries: 200, windowMs: 15 * minuteMs } };
}

export type Proof = {
  readonly password: string;
  /** Undefined where nobody has one: that takes as long as a wrong password. */
  readonly hash: string | undefined;
  readonly limits: Limits;
  /** What must be true beside the password. Where it is not, the try counts as wrong and takes as long. */
  readonly besides?: boolean;
  /** Records the refusal; `right` where it was the password all the same. */
  readonly refused: (found: { readonly right: boolean }) => Promise<void>;
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
    if (error instanceof AccessError) await refused({ right: false });
    throw error;
  });
  const right = await verifyPassword(password, hash);
  if (right && besides) await attempts.giveBack(limits);
  else await refused({ right });
  return right && besides;
}
