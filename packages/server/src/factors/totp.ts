import { createHmac, timingSafeEqual } from 'node:crypto';

const stepMs = 30_000;
const digits = 6;
/** Clocks that differ, and fingers that are slow: the code before and the one after count, too. RFC 6238 §5.2. */
const skew = 1;

/** How many bytes a secret has: as many as the hash makes (RFC 4226 §4, R6). */
export const secretBytes = 20;

const stepAt = (now: Date): number => Math.floor(now.getTime() / stepMs);

/**
 * The code of one time step.
 *
 * Units   `step`: whole periods of 30 s since 1970-01-01T00:00:00Z.
 * Source  RFC 6238 §4.2 over RFC 4226 §5.3, SHA-1, six digits: what every authenticator app makes.
 */
export function codeAt(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const offset = (mac.at(-1) as number) & 0xf;
  const binary = mac.readUInt32BE(offset) & 0x7fff_ffff;
  return String(binary % 10 ** digits).padStart(digits, '0');
}

/** The newest step, of those that count now, whose code this is. Each is looked at, so that the time it takes says nothing. */
export function stepOfCode(secret: Uint8Array, code: string, now: Date): number | undefined {
  const given = Buffer.from(code.padEnd(digits));
  let found: number | undefined;
  for (let step = stepAt(now) - skew; step <= stepAt(now) + skew; step += 1) {
    const expected = Buffer.from(codeAt(secret, step));
    if (given.length === expected.length && timingSafeEqual(given, expected)) found = step;
  }
  return found;
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** RFC 4648 §6 without padding, as authenticator apps take a secret. */
export function base32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += alphabet[(value >>> (bits - 5)) & 31];
    value &= (1 << bits) - 1;
  }
  return bits === 0 ? text : text + alphabet[(value << (5 - bits)) & 31];
}
