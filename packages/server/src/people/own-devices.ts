import type { OwnDevicesAnswer } from '@symbolon/contract';
import type { SignedIn } from '../access/index.ts';
import { devicesOf, forgetDevice } from './device.store.ts';
import { deviceOf } from './device.ts';
import { PeopleError } from './errors.ts';
import { trustDaysOf, trustedUntil } from './factor-standing.ts';
import { deviceSince, digestOfDevice } from './known-devices.ts';
import { mustBeBrowser } from './own-sessions.ts';
import type { Browser, SessionDeps } from './sessions.ts';

/** The browsers in which somebody signed in, in whichever account. */
export async function ownDevices(deps: SessionDeps, actor: SignedIn, browser: Browser): Promise<OwnDevicesAnswer> {
  mustBeBrowser(actor);
  const now = deps.now();
  const days = await trustDaysOf(deps.database, actor.userId);
  const here = browser.device === undefined ? undefined : Buffer.from(digestOfDevice(browser.device));
  const all = await devicesOf(deps.database, actor.userId, deviceSince(now));
  return {
    devices: all.map(({ digest, agent, address, createdAt, seenAt, ...device }) => ({
      id: device.id,
      current: here?.equals(digest) ?? false,
      device: deviceOf(agent),
      address,
      createdAt: createdAt.toISOString(),
      seenAt: seenAt.toISOString(),
      trustedUntil: trustedUntil(device, days, now)?.toISOString() ?? null,
    })),
  };
}

/** From now on it is no browser of theirs: the second factor is asked for there again. @throws PeopleError DEVICE_NOT_FOUND */
export async function forgetOwnDevice(
  deps: SessionDeps,
  actor: SignedIn,
  id: string,
  browser: Browser,
): Promise<OwnDevicesAnswer> {
  mustBeBrowser(actor);
  await deps.database.transaction().execute(async (trx) => {
    if (!(await forgetDevice(trx, actor.userId, id)))
      throw new PeopleError('DEVICE_NOT_FOUND', 'There is no such browser, or it was forgotten already.');
    await deps.audit.record(trx, [{ actor, action: 'device.forget', kind: 'delete', outcome: 'success' }]);
  });
  return ownDevices(deps, actor, browser);
}
