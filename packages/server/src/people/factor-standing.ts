import type { Database, Trx } from '../platform/db/database.ts';
import type { KnownDevice } from './device.store.ts';
import { type Wanting, wantingOf } from './factor-standing.store.ts';

const dayMs = 86_400_000;

const wants = ({ policy, roleWantsFactor }: Wanting): boolean => roleWantsFactor || policy.secondFactor === 'required';

/** Whether an account of theirs, or their role in it, wants a second factor; of one account where that is named. */
export async function isFactorWanted(db: Database | Trx, userId: string, inAccount?: string): Promise<boolean> {
  return (await wantingOf(db, userId, inAccount)).some(wants);
}

/** For how many days somebody may trust a browser: as the strictest of their accounts has it. 0: not at all. */
export async function trustDaysOf(db: Database | Trx, userId: string): Promise<number> {
  const all = await wantingOf(db, userId);
  return all.length === 0 ? 0 : Math.min(...all.map(({ policy }) => policy.trustedDeviceDays));
}

/**
 * Until when a browser is trusted, where it is: no longer than was said then, and no longer than the accounts allow now, counted from
 * then.
 */
export function trustedUntil(device: KnownDevice | undefined, days: number, now: Date): Date | null {
  if (!device?.trustedAt || !device.trustedUntil) return null;
  const until = new Date(Math.min(device.trustedUntil.getTime(), device.trustedAt.getTime() + days * dayMs));
  return until > now ? until : null;
}
