import type { KeysAnswer, KeysBackupAnswer } from '@symbolon/contract';
import { accountKeyName } from './key-contexts.ts';
import type { KeyService } from './key-service.ts';
import { chains, type KeyCount, type KeyEvent, type KeyStore } from './key-store.ts';
import { liveVersions } from './rotation.ts';

type StatusDeps = { readonly service: KeyService; readonly store: KeyStore; readonly now: () => Date };

const dayMs = 86_400_000;
/** Keys that no backup holds may be so old before somebody is warned again. */
const daysWithoutBackup = 7;

/** What a backup cannot be without: patients' keys that were rotated since are not lost, an older one is in it. */
const irreplaceable = new Set<KeyCount['kind']>(['account', 'patient-cell', 'study']);

const newest = (events: readonly KeyEvent[], what: KeyEvent['what'], fits: (event: KeyEvent) => boolean = () => true) =>
  events.filter((event) => event.what === what && fits(event)).sort((a, b) => b.at.getTime() - a.at.getTime())[0];

/** How many keys there are and how old, of one account or of all; when they were last copied and rotated. */
export async function keyStatus({ service, store, now }: StatusDeps, accountId?: string): Promise<KeysAnswer> {
  const events = await store.latestEvents();
  const backup = newest(events, 'backup');
  const counts = await store.census(accountId, backup?.at ?? new Date(0));
  const accounts = accountId === undefined ? await store.accounts() : [accountId];
  const rotated = (of: string): string | null => rotatedAt(events, of, accountId);
  const keys: KeysAnswer['keys'] = [];
  for (const chain of chains) {
    const [root] = (await service.versions(`${chain}/root`)).slice(-1);
    const at = (root?.madeAt ?? new Date(0)).toISOString();
    keys.push({ chain, what: 'root', count: 1, oldest: at, newest: at, rotatedAt: rotated('roots') });
    const made = (
      await Promise.all(accounts.map((account) => liveVersions(service, accountKeyName(chain, account))))
    ).flatMap((versions) => versions.map(({ madeAt }) => madeAt.getTime()));
    if (made.length > 0)
      keys.push({
        chain,
        what: 'account in the key service',
        count: made.length,
        oldest: new Date(Math.min(...made)).toISOString(),
        newest: new Date(Math.max(...made)).toISOString(),
        rotatedAt: rotated('account'),
      });
    for (const kind of ['account', 'patient', 'patient-cell', 'study'] as const) {
      const found = counts.find((one) => one.chain === chain && one.kind === kind);
      if (found)
        keys.push({
          chain,
          what: kind,
          count: found.count,
          oldest: found.oldest.toISOString(),
          newest: found.newest.toISOString(),
          rotatedAt: kind === 'patient' ? rotated('patients') : null,
        });
    }
  }
  return { keys, ...backupIn(backup, counts, now()) };
}

function rotatedAt(events: readonly KeyEvent[], of: string, accountId: string | undefined): string | null {
  const concerns = (event: KeyEvent): boolean =>
    accountId === undefined || event.accountId === null || event.accountId === accountId;
  const last = newest(events, 'rotation done', (event) => event.detail.of === of && concerns(event));
  return last?.at.toISOString() ?? null;
}

/** When the keys of an account's patients were last replaced, by whomever. */
export async function patientsRotatedAt(store: KeyStore, accountId: string): Promise<string | null> {
  return rotatedAt(await store.latestEvents(), 'patients', accountId);
}

/** When the keys were last copied, and what of an account would be lost without them; counts keys only where that matters. */
export async function backupStatus(
  { store, now }: Omit<StatusDeps, 'service'>,
  accountId: string,
): Promise<KeysBackupAnswer> {
  const backup = newest(await store.latestEvents(), 'backup');
  const counts = backup ? await store.census(accountId, backup.at) : [];
  return backupIn(backup, counts, now());
}

function backupIn(backup: KeyEvent | undefined, counts: readonly KeyCount[], now: Date): KeysBackupAnswer {
  const unsaved = counts
    .filter(({ kind }) => irreplaceable.has(kind))
    .flatMap(({ oldestSince }) => (oldestSince === null ? [] : [oldestSince.getTime()]));
  const oldestUnsaved = unsaved.length === 0 ? null : new Date(Math.min(...unsaved));
  return {
    backup: backup ? { at: backup.at.toISOString() } : null,
    oldestKeyWithoutBackup: oldestUnsaved?.toISOString() ?? null,
    warning: warningOf(backup?.at, oldestUnsaved, now),
  };
}

function warningOf(backup: Date | undefined, oldestUnsaved: Date | null, now: Date): KeysAnswer['warning'] {
  if (!backup) return 'never backed up';
  return oldestUnsaved !== null && now.getTime() - oldestUnsaved.getTime() > daysWithoutBackup * dayMs
    ? 'backup out of date'
    : null;
}
