import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { Turns } from '../platform/turns.ts';
import { passwordsBusy } from './errors.ts';

/**
 * Node derives on four threads that it shares with every read of a file: some stay free, or a hundred who sign in at once hold up
 * every image. One core as well, where there are only two: what is asked for meanwhile then takes as long as otherwise.
 */
const derivedAtOnce = Math.max(1, Math.min(2, availableParallelism() - 1));
const turns = new Turns({ atOnce: derivedAtOnce, maxWaiting: 512, maxWaitingOfOne: 512 });
const argon2id = promisify(argon2);

/** @throws PeopleError PASSWORDS_BUSY */
function derive(parameters: Parameters<typeof argon2>[1]): Promise<Buffer> {
  return turns.run('', () => argon2id('argon2id', parameters), passwordsBusy);
}

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane. The hash names its own, so they can grow. */
const cost = { memory: 19_456, passes: 2, parallelism: 1 };
const tagBytes = 32;

/** The PHC string of a password: `$argon2id$v=19$m=…,t=…,p=…$salt$tag`. */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(16);
  const tag = await derive({ message: password.normalize('NFC'), nonce, tagLength: tagBytes, ...cost });
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replaceAll('=', '');
  return `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${text(nonce)}$${text(tag)}`;
}

const form = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/** What is compared where there is no such user, so that the answer takes as long. */
let nobody: Promise<string> | undefined;

/** Whether this is the password behind the hash; an absent hash takes as long as a wrong password. */
export async function verifyPassword(password: string, hash: string | undefined): Promise<boolean> {
  nobody ??= hashPassword(randomBytes(16).toString('hex'));
  const found = form.exec(hash ?? (await nobody));
  if (!found) throw new Error('a stored password hash is not readable');
  const [, memory, passes, parallelism, nonce, expected] = found;
  const tag = Buffer.from(expected as string, 'base64');
  const parameters = {
    message: password.normalize('NFC'),
    nonce: Buffer.from(nonce as string, 'base64'),
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    tagLength: tag.length,
  };
  const given = await derive(parameters);
  return timingSafeEqual(given, tag) && hash !== undefined;
}
