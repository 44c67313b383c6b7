import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Database, Trx } from '../platform/db/database.ts';
import {
  changeDigest,
  countDevices,
  deviceByDigest,
  forgetOldDevices,
  isDeviceOf,
  type KnownDevice,
  markDevice,
  trustDevice,
} from './device.store.ts';
import { trustDaysOf, trustedUntil } from './factor-standing.ts';
import type { Browser, From } from './sessions.ts';

const dayMs = 86_400_000;
/** A browser in which somebody did not sign in for so long is none of theirs any more; the cookie ends then, too. */
const keptDays = 180;
/** Who signs in with a browser that keeps no cookies makes one each time. */
const mostDevices = 50;

export const digestOfDevice = (secret: string): Uint8Array => createHash('sha256').update(secret).digest();

/** The oldest sight of a browser that still counts. */
export const deviceSince = (now: Date): Date => new Date(now.getTime() - keptDays * dayMs);

/** The row of this person in the browser that asks; undefined where they never signed in there. One look-up by an index. */
export async function knownDevice(
  db: Database | Trx,
  userId: string,
  { device }: Browser,
): Promise<KnownDevice | undefined> {
  return device === undefined ? undefined : deviceByDigest(db, userId, digestOfDevice(device));
}

/** Whether who is behind this e-mail address signed in there before; before anything else is asked. One look-up, where it says to be one. */
export async function isKnownTo(db: Database, email: string, { device }: Browser): Promise<boolean> {
  return device !== undefined && isDeviceOf(db, email, digestOfDevice(device));
}

/**
 * Somebody signed in: from now on the browser is known for them. It gets a new secret each time, for everybody who signed in there,
 * so that neither one that somebody put there before nor a copy of its cookie stays good.
 *
 * @returns `secret` for the cookie, and whether it is new to who signed in elsewhere before
 */
export async function rememberDevice(
  trx: Trx,
  userId: string,
  from: From,
  now: Date,
): Promise<{ readonly secret: string; readonly isNew: boolean }> {
  const secret = randomBytes(32).toString('base64url');
  const digest = digestOfDevice(secret);
  const known = await knownDevice(trx, userId, from);
  const isNew = known === undefined && (await countDevices(trx, userId)) > 0;
  if (from.device !== undefined) await changeDigest(trx, digestOfDevice(from.device), digest);
  const { agent, address } = from;
  // Where another sign-in there changed it at the same moment, nothing has this digest yet, and this is a browser more.
  await markDevice(trx, { id: randomUUID(), userId, digest, agent, address, at: now });
  await forgetOldDevices(trx, userId, deviceSince(now), mostDevices);
  return { secret, isNew };
}

/** From now on the second factor is not asked for there, for as long as all their accounts allow; where one does not, nothing happens. */
export async function trustBrowser(trx: Trx, userId: string, secret: string, now: Date): Promise<void> {
  const days = await trustDaysOf(trx, userId);
  if (days === 0) return;
  const until = new Date(now.getTime() + days * dayMs);
  await trustDevice(trx, { userId, digest: digestOfDevice(secret) }, { at: now, until });
}

/** Whether the second factor is not asked for in this browser. */
export async function isTrusted(trx: Trx, userId: string, browser: Browser, now: Date): Promise<boolean> {
  const device = await knownDevice(trx, userId, browser);
  if (!device?.trustedUntil) return false;
  return trustedUntil(device, await trustDaysOf(trx, userId), now) !== null;
}
