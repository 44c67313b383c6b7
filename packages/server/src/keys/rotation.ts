import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { unwrapKey, wrapKey } from '@symbolon/vault';
import { accountKeyName, contextOf } from './key-contexts.ts';
import { type KeyService, type KeyVersion, versionOf } from './key-service.ts';
import { chains, type KeyEvent, type KeyStore, type PatientKey, type Replacement, type Wrap } from './key-store.ts';
import { KeysError } from './keys-error.ts';
import { nodePrimitives } from './primitives.ts';
import { rootNames } from './root-keys.ts';

export type RotationDeps = {
  readonly service: KeyService;
  readonly store: KeyStore;
  readonly now: () => Date;
  /** Who asked for it, as the audit tells it. */
  readonly by: 'schedule' | 'person' | 'shell' | 'erasure';
  /** A rotation that is told to stop does so between two patients; what it did stays, the next goes on from there. */
  readonly signal?: AbortSignal;
  /** Hears how many patients of how many have new keys, when they were counted and after each write. */
  readonly onProgress?: (accountId: string, patients: number, of: number) => void;
};

/** Patients in one write: a write is synced to disk, and nobody waits for longer than it takes (12 ms). */
const patientsAtOnce = 16;
const patientsPerPage = 256;
const patientsPerCount = 1000;
/**
 * After each write it rests so many times as long as that took, since much of it is a sync that holds the process up: a rotation has
 * time, who looks at an image has none. Measured with 1,500 patients while other programs want both cores, medians of three: half of the
 * pages came 2 ms late instead of 42, one of a hundred 145 instead of 284; the rotation took 17 s instead of 5.
 */
const restTimes = 3;
const longestRestMs = 1000;
const maxTries = 5;

/** Lets requests through that wait. */
const turn = (): Promise<void> => new Promise((next) => setImmediate(next));

/** Thrown where a rotation was told to stop and patients are left: whatever follows on having done them all must not be done. */
class BrokenOff extends Error {}

const unlessBrokenOff = (error: unknown): void => {
  if (!(error instanceof BrokenOff)) throw error;
};

/** Says in the store what is begun before anything changes, and what was done with the end of it. */
async function told<T extends Readonly<Record<string, number>>>(
  { store, now, by }: RotationDeps,
  of: string,
  accountId: string | null,
  work: () => Promise<T>,
): Promise<T> {
  const event = (what: KeyEvent['what'], more: T | undefined): KeyEvent => ({
    id: randomUUID(),
    at: now(),
    what,
    accountId,
    detail: { of, by, ...more },
  });
  await store.addEvent(event('rotation begun', undefined));
  const done = await work();
  await store.addEvent(event('rotation done', done));
  return done;
}

/**
 * Gives patients whose key was made before a moment a new one, in every chain: what hangs from it is wrapped anew, the old
 * key is overwritten. No data is sealed anew.
 *
 * Law     At each moment everything opens, for who reads meanwhile too: a patient is replaced whole or not at all.
 */
export async function rotatePatients(
  deps: RotationDeps,
  accountId: string,
  madeBefore: Date,
): Promise<{ readonly patients: number }> {
  const of = await countPatients(deps.store, accountId, madeBefore);
  if (of === 0) return { patients: 0 };
  let patients = 0;
  await told(deps, 'patients', accountId, async () => {
    deps.onProgress?.(accountId, patients, of);
    for await (const some of patientsOf(deps, accountId, madeBefore)) {
      await replaceAll(deps, some, (family) => renewed(deps, family));
      patients += some.length;
      deps.onProgress?.(accountId, patients, of);
    }
    return { patients };
  }).catch(unlessBrokenOff);
  return { patients };
}

/**
 * Gives an account a new version of its key in the key service, wraps the account's and its patients' keys under it, and
 * destroys the older versions. One that a crash or a stop ended is finished first, instead of beginning another.
 *
 * Law     An older version is destroyed only after every key under it was wrapped anew: what is left under it is lost with it.
 */
export async function rotateAccount(
  deps: RotationDeps,
  accountId: string,
): Promise<{ readonly patients: number; readonly destroyed: number }> {
  const { service, store } = deps;
  if (!(await store.accounts()).includes(accountId))
    throw new KeysError('KEY_MISSING', `the key store has no key of account ${accountId}`);
  let patients = 0;
  let destroyed = 0;
  await told(deps, 'account', accountId, async () => {
    const current = new Map<string, number>();
    for (const chain of chains) {
      const name = accountKeyName(chain, accountId);
      const live = await liveVersions(service, name);
      const begun = live.length > 1 ? (live.at(-1) as KeyVersion).version : undefined;
      current.set(chain, begun ?? (await service.rotate(name)));
    }
    // The account's own keys first: from then on the store takes no patient under an older version.
    await replaceAll(deps, [accountId], (family) => rewrapped(deps, family, current));
    for await (const some of patientsOf(deps, accountId, new Date(8.64e15)))
      patients += await replaceAll(deps, some, (family) => rewrapped(deps, family, current));
    for (const chain of chains) {
      const name = accountKeyName(chain, accountId);
      for (const { version } of await liveVersions(service, name)) {
        if (version >= (current.get(chain) as number)) continue;
        await service.destroy(name, version);
        destroyed += 1;
      }
    }
    return { patients, destroyed };
  }).catch(unlessBrokenOff);
  return { patients, destroyed };
}

/**
 * Destroys what is above keys that were erased, so that no copy of them opens: the keys of their patients, where these stay; the
 * account's in the key service; the roots. All that stays is wrapped anew under fresh ones.
 *
 * Law   when it returns true, everything above was made after `erasedAt`, and what was above then is destroyed.
 *
 * @returns  false where it was told to stop before that
 */
export async function destroyAbove(
  deps: RotationDeps,
  accountId: string,
  families: readonly string[],
  erasedAt: Date,
): Promise<boolean> {
  const { service } = deps;
  for (let at = 0; at < families.length; at += patientsAtOnce)
    await replaceAll(deps, families.slice(at, at + patientsAtOnce), (family) => renewed(deps, family));
  const fresh = async (names: readonly string[], alone: boolean): Promise<boolean> => {
    for (const name of names) {
      const live = await liveVersions(service, name);
      const newest = live.at(-1);
      if (newest === undefined || newest.madeAt <= erasedAt || (alone && live.length > 1)) return false;
    }
    return true;
  };
  const account = chains.map((chain) => accountKeyName(chain, accountId));
  // The first may only finish what was begun before; the second makes new ones.
  for (let tries = 0; tries < 2 && !(await fresh(account, true)); tries += 1) await rotateAccount(deps, accountId);
  const roots = rootNames.map((name) => `${name}/root`);
  for (let tries = 0; tries < 2 && !(await fresh(roots, true)); tries += 1) await rotateRoots(deps);
  return (await fresh(account, true)) && (await fresh(roots, true));
}

/** Gives every chain a new root. */
export async function rotateRoots(deps: RotationDeps): Promise<{ readonly roots: number }> {
  return told(deps, 'roots', null, async () => {
    for (const name of rootNames) await deps.service.rotate(`${name}/root`);
    return { roots: rootNames.length };
  });
}

export const liveVersions = async (service: KeyService, name: string): Promise<KeyVersion[]> =>
  (await service.versions(name)).filter(({ destroyedAt }) => destroyedAt === null);

async function countPatients(store: KeyStore, accountId: string, madeBefore: Date): Promise<number> {
  let count = 0;
  for (let after: PatientKey | undefined; ; ) {
    const page = await store.patients(accountId, madeBefore, after, patientsPerCount);
    count += page.length;
    after = page.at(-1);
    if (!after) return count;
    await turn();
  }
}

/** Patients by the age of their keys, some at a time. @throws BrokenOff  told to stop before the last of them */
async function* patientsOf(
  { store, signal }: RotationDeps,
  accountId: string,
  madeBefore: Date,
): AsyncGenerator<string[]> {
  for (let after: PatientKey | undefined; ; ) {
    const page = await store.patients(accountId, madeBefore, after, patientsPerPage);
    for (let at = 0; at < page.length; at += patientsAtOnce) {
      if (signal?.aborted) throw new BrokenOff();
      const begun = performance.now();
      yield page.slice(at, at + patientsAtOnce).map(({ family }) => family);
      const restMs = Math.min((performance.now() - begun) * restTimes, longestRestMs);
      await pause(restMs, undefined, { signal }).catch(() => {});
    }
    after = page.at(-1);
    if (!after) return;
  }
}

/** Replaces the keys of these families, together where nobody interferes, else each alone; returns how many there were to do. */
async function replaceAll(
  { store }: RotationDeps,
  families: readonly string[],
  replacements: (family: string) => Promise<Replacement[]>,
): Promise<number> {
  const prepared: Replacement[][] = [];
  for (const family of families) {
    prepared.push(await replacements(family));
    await turn();
  }
  const toDo = prepared.filter(({ length }) => length > 0).length;
  if (toDo === 0 || (await store.replace(prepared.flat()))) return toDo;
  for (const family of families) {
    for (let tries = 1; !(await replaceOne(store, await replacements(family))); tries += 1)
      if (tries === maxTries) throw new KeysError('KEYS_BUSY', 'the keys of a patient change too often to be rotated');
  }
  return toDo;
}

const replaceOne = async (store: KeyStore, replacements: readonly Replacement[]): Promise<boolean> =>
  replacements.length === 0 || store.replace(replacements);

/** A new key for a patient in each chain, and what hangs from it under it. */
async function renewed({ service, store, now }: RotationDeps, family: string): Promise<Replacement[]> {
  const wraps = await store.family(family);
  const replacements: Replacement[] = [];
  for (const was of wraps.filter(({ kind }) => kind === 'patient')) {
    const name = accountKeyName(was.chain, was.accountId);
    const old = await service.unwrap(name, was.wrapped, contextOf(was));
    const fresh = nodePrimitives.random(32);
    const wrapped = await service.wrap(name, fresh, contextOf(was));
    const generation = was.generation + 1;
    const under = versionOf(wrapped).version;
    replacements.push({ was, now: { ...was, generation, under, wrapped, madeAt: now() } });
    for (const child of wraps) {
      if (child.chain !== was.chain || child.kind === 'patient') continue;
      const key = await unwrapKey(nodePrimitives, old, child.wrapped, contextOf(child));
      const again = await wrapKey(nodePrimitives, fresh, key, contextOf(child));
      replacements.push({ was: child, now: { ...child, under: generation, wrapped: again } });
    }
  }
  return replacements;
}

/** The same keys of an account or a patient, under the account's newest version. */
async function rewrapped(
  { service, store }: RotationDeps,
  family: string,
  current: ReadonlyMap<string, number>,
): Promise<Replacement[]> {
  const replacements: Replacement[] = [];
  for (const chain of chains) {
    const was = await topOf(store, chain, family);
    if (!was || was.under >= (current.get(chain) as number)) continue;
    const name = accountKeyName(chain, was.accountId);
    const key = await service.unwrap(name, was.wrapped, contextOf(was));
    const wrapped = await service.wrap(name, key, contextOf(was));
    replacements.push({ was, now: { ...was, under: versionOf(wrapped).version, wrapped } });
  }
  return replacements;
}

async function topOf(store: KeyStore, chain: Wrap['chain'], family: string): Promise<Wrap | undefined> {
  for (const kind of ['patient', 'account'] as const) {
    const found = await store.find({ chain, kind, family, id: family });
    if (found) return found.wrap;
  }
  return undefined;
}
