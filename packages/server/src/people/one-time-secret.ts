import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { AccessError, type Attempts, type Limits, networkOf, type Past } from '../access/index.ts';

const minuteMs = 60_000;

const digestOfSecret = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** A secret of 256 bits for one link: `text` goes behind the `#` of its address and nowhere else, `id` and `digest` are kept. */
export function newOneTimeSecret(): { readonly id: string; readonly digest: Buffer; readonly text: string } {
  const id = randomUUID();
  const secret = randomBytes(32).toString('base64url');
  return { id, digest: digestOfSecret(secret), text: `${id}.${secret}` };
}

type Kept = { readonly digest: Buffer };

/** Tries at one secret from one place, and at any of its kind from there. */
function limitsOf(kind: string, id: string, address: string): Limits {
  const network = networkOf(address);
  const own = { name: `${kind} ${id} from ${network}`, tries: 20, windowMs: 15 * minuteMs };
  return { own, all: { name: `${kind}s from ${network}`, tries: 200, windowMs: 15 * minuteMs } };
}

/**
 * What is kept under the id of a one-time secret, where the secret is right; undefined otherwise. The try counts before it is
 * looked at, and whoever is right takes theirs back.
 *
 * @throws AccessError ACCESS_TOO_MANY_TRIES  `refused` is called before
 */
export async function provenSecret<Row extends Kept>(
  attempts: Attempts,
  { kind, text, address }: { readonly kind: string; readonly text: string; readonly address: string },
  {
    find,
    refused,
  }: {
    readonly find: (id: string) => Promise<Row | undefined>;
    readonly refused: (past: Past | undefined) => Promise<unknown>;
  },
): Promise<Row | undefined> {
  const [id = '', secret = ''] = text.split('.');
  const limits = limitsOf(kind, id, address);
  await attempts.take(limits).catch(async (error: unknown) => {
    if (error instanceof AccessError) await refused(error.past);
    throw error;
  });
  const row = await find(id);
  if (row === undefined || !timingSafeEqual(digestOfSecret(secret), row.digest)) return undefined;
  await attempts.giveBack(limits);
  return row;
}
