import { createHash, randomBytes, randomUUID } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backupKeys } from './backup-keys.ts';
import { newStudy, type StudyPlace } from './key-chains.ts';
import { receiptKeyName } from './key-contexts.ts';
import { chains } from './key-store.ts';
import { type Keys, openKeys } from './open-keys.ts';
import { restoreKeys, takeKeysFolder } from './restore-keys.ts';
import { rotateAccount, rotatePatients, rotateRoots } from './rotation.ts';

const now = (): Date => new Date('2026-03-04T05:06:07Z');
const passphrase = 'Drei Chinesen ohne Kontrabass';
const accountId = randomUUID();
const root = mkdtempSync(join(tmpdir(), 'symbolon-backup-'));
const [folder, file] = [join(root, 'keys'), join(root, 'keys.backup')];
let places: StudyPlace[];
let known: string;

async function allKeys(keys: Keys): Promise<string> {
  const hash = createHash('sha256');
  for (const place of places) for (const chain of chains) hash.update(await keys.chains.study(chain, place));
  for (const chain of chains) hash.update(await keys.chains.account(chain, accountId));
  hash.update(await keys.chains.patient('identity', accountId, places[0]?.patientId as string));
  hash.update(await keys.service.publicKey(receiptKeyName));
  return hash.digest('hex');
}
async function keysIn(at: string): Promise<string> {
  const keys = await openKeys(at, now, { make: false });
  try {
    return await allKeys(keys);
  } finally {
    await keys.close();
  }
}
/** Every file below a folder with what is in it, locks apart. */
function contents(at: string): Record<string, string> {
  const entries = readdirSync(at, { recursive: true, withFileTypes: true });
  const found = entries.filter((entry) => entry.isFile() && !entry.parentPath.includes('locks'));
  return Object.fromEntries(
    found.map(({ parentPath, name }) => [
      join(parentPath, name),
      createHash('sha256')
        .update(readFileSync(join(parentPath, name)))
        .digest('hex'),
    ]),
  );
}
const restore = (to: string, from = file, replacing = false, secret = passphrase) =>
  restoreKeys({ folder: to }, from, secret, { replacing, now });

beforeAll(async () => {
  const keys = await openKeys(folder, now);
  await keys.chains.addAccount(accountId);
  const patients = Array.from({ length: 30 }, () => newStudy({ accountId, patientId: randomUUID() }));
  places = [...patients, ...patients.map(newStudy)];
  await keys.chains.add(patients, places);
  // A store that has lived: keys of several generations and versions, one destroyed.
  const deps = { service: keys.service, store: keys.store, now, by: 'schedule' } as const;
  await rotatePatients(deps, accountId, new Date('2027-01-01'));
  await rotateAccount(deps, accountId);
  await rotateRoots(deps);
  known = await allKeys(keys);
  expect(await backupKeys(keys, file, passphrase, now)).toMatchObject({ madeAt: now(), wraps: 3 + 30 * 4 + 60 * 3 });
  expect((await keys.store.latestEvents()).find(({ what }) => what === 'backup')?.at).toEqual(now());
  await keys.close();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('a backup of keys', () => {
  test('restored on another machine opens everything, and says when it was made', async () => {
    const to = join(root, 'elsewhere');
    expect(await restore(to)).toMatchObject({ madeAt: now(), wraps: 303, replaced: undefined });
    expect(await keysIn(to)).toBe(known);
    const keys = await openKeys(to, now);
    expect((await keys.store.latestEvents()).map(({ what }) => what).sort()).toEqual(['backup', 'restore']);
    await keys.chains.add([], [newStudy(places[0] as StudyPlace)]);
    await keys.close();
    for (const name of readdirSync(to)) expect(statSync(join(to, name)).mode & 0o077, name).toBe(0);
  });

  test('is for its owner alone, shows nothing, and is never overwritten', async () => {
    expect(statSync(file).mode & 0o077).toBe(0);
    const bytes = readFileSync(file);
    const { roots } = JSON.parse(readFileSync(join(folder, 'roots.json'), 'utf8')) as {
      roots: Record<string, { key: string }[]>;
    };
    for (const [{ key }] of Object.values(roots) as [{ key: string }][]) {
      expect(bytes.includes(Buffer.from(key, 'hex')) || bytes.includes(key)).toBe(false);
    }
    for (const word of ['wrapped', accountId, 'identity']) expect(bytes.includes(word)).toBe(false);
    const keys = await openKeys(folder, now);
    await expect(backupKeys(keys, file, passphrase, now)).rejects.toMatchObject({ code: 'KEYS_EXIST' });
    expect(readFileSync(file).equals(bytes)).toBe(true);
    await keys.close();
  });

  test('that cannot be made leaves no file and no word that it was', async () => {
    const keys = await openKeys(folder, now);
    const before = await keys.store.latestEvents();
    const store = new Proxy(keys.store, {
      get: (target, name: keyof typeof keys.store) =>
        name === 'pages'
          ? () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('gone')) }) })
          : (target[name] as () => void).bind(target),
    });
    const at = join(root, 'broken.backup');
    await expect(backupKeys({ ...keys, store }, at, passphrase, now)).rejects.toThrow('gone');
    expect(existsSync(at)).toBe(false);
    expect(await keys.store.latestEvents()).toEqual(before);
    await keys.close();
  });

  test('waits for no rotation, and no rotation for it: one is told to try again', async () => {
    const keys = await openKeys(folder, now);
    await keys.store.alone('rotation', async () => {
      const work = backupKeys(keys, join(root, 'busy.backup'), passphrase, now);
      await expect(work).rejects.toMatchObject({ code: 'KEYS_BUSY' });
    });
    expect(existsSync(join(root, 'busy.backup'))).toBe(false);
    await keys.close();
  });

  test('holds every key that was there when it began, though others are made meanwhile', async () => {
    const at = join(root, 'live');
    cpSync(folder, at, { recursive: true });
    const keys = await openKeys(at, now);
    let making = true;
    const adding = (async () => {
      while (making) {
        const place = newStudy({ accountId, patientId: randomUUID() });
        await keys.chains.add([place], [place]);
        await new Promise((next) => setTimeout(next, 2));
      }
    })();
    await backupKeys(keys, join(root, 'live.backup'), passphrase, now);
    making = false;
    await adding;
    await keys.close();
    await restore(join(root, 'live-restored'), join(root, 'live.backup'));
    expect(await keysIn(join(root, 'live-restored'))).toBe(known);
  });

  test('damaged in any way, of another version or with another passphrase is refused, and changes nothing', async () => {
    const to = join(root, 'kept');
    cpSync(folder, to, { recursive: true });
    const [bytes, before] = [readFileSync(file), contents(to)];
    const flipped = (at: number): Buffer => {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] as number) ^ 1;
      return changed;
    };
    const cases: readonly [string, Buffer, string][] = [
      ['of nothing', Buffer.alloc(0), 'KEYS_BACKUP_DAMAGED'],
      ['that is something else', randomBytes(5000), 'KEYS_BACKUP_DAMAGED'],
      ['cut in its head', bytes.subarray(0, 40), 'KEYS_BACKUP_DAMAGED'],
      ['cut behind its head', bytes.subarray(0, 60), 'KEYS_BACKUP_DAMAGED'],
      ['cut by a byte', bytes.subarray(0, -1), 'KEYS_BACKUP_DAMAGED'],
      ['cut at a segment', bytes.subarray(0, 48 + 64 + 65_536), 'KEYS_BACKUP_DAMAGED'],
      ['with a byte more', Buffer.concat([bytes, Buffer.alloc(1)]), 'KEYS_BACKUP_DAMAGED'],
      ['of a later version', flipped(8), 'KEYS_BACKUP_VERSION_UNKNOWN'],
      ['with another derivation', flipped(9), 'KEYS_BACKUP_VERSION_UNKNOWN'],
      [
        'with fewer iterations',
        Buffer.concat([bytes.subarray(0, 12), Buffer.alloc(4), bytes.subarray(16)]),
        'KEYS_BACKUP_DAMAGED',
      ],
      ['with another salt', flipped(20), 'KEYS_BACKUP_PASSPHRASE_WRONG'],
      ['changed in its first segment', flipped(500), 'KEYS_BACKUP_DAMAGED'],
      ['changed at its end', flipped(bytes.length - 1), 'KEYS_BACKUP_DAMAGED'],
    ];
    for (const [what, changed, code] of cases) {
      const from = join(root, `${what}.backup`);
      writeFileSync(from, changed);
      await expect(restore(to, from, true), what).rejects.toMatchObject({ code });
    }
    await expect(restore(to, file, true, 'another pass phrase')).rejects.toMatchObject({
      code: 'KEYS_BACKUP_PASSPHRASE_WRONG',
    });
    expect(contents(to)).toEqual(before);
  });

  test('replaces keys only when told to, and moves those that were there aside', async () => {
    const to = join(root, 'other');
    await (await openKeys(to, now)).close();
    const before = contents(to);
    await expect(restore(to)).rejects.toMatchObject({ code: 'KEYS_EXIST' });
    expect(contents(to)).toEqual(before);
    const { replaced } = await restore(to, file, true);
    expect(await keysIn(to)).toBe(known);
    expect(replaced).toBe(join(to, 'replaced-2026-03-04T05-06-07.000Z'));
    for (const [path, digest] of Object.entries(before)) {
      if (path.endsWith('-journal')) continue;
      expect(contents(replaced as string)[path.replace(to, replaced as string)]).toBe(digest);
    }
  });

  test('is not restored under an exchange that runs', async () => {
    const to = join(root, 'running');
    const keys = await openKeys(to, now);
    const lock = takeKeysFolder(to);
    await expect(restore(to, file, true)).rejects.toMatchObject({ code: 'KEYS_BUSY' });
    lock?.release();
    await keys.close();
    await restore(to, file, true);
    expect(await keysIn(to)).toBe(known);
  });

  test('whose key does not open is refused before anything changes', async () => {
    const [from, to] = [join(root, 'rotten'), join(root, 'untouched')];
    cpSync(folder, from, { recursive: true });
    const keys = await openKeys(from, now);
    const [wrap] = (await keys.store.family(places[7]?.patientId as string)).filter(({ kind }) => kind === 'study');
    if (!wrap) throw new Error('there is none');
    await keys.store.replace([{ was: wrap, now: { ...wrap, wrapped: randomBytes(wrap.wrapped.length) } }]);
    await expect(backupKeys(keys, join(root, 'rotten.backup'), passphrase, now)).rejects.toMatchObject({
      code: 'KEYS_BACKUP_DAMAGED',
    });
    expect(existsSync(join(root, 'rotten.backup'))).toBe(false);
    await keys.close();
    expect(existsSync(to)).toBe(false);
  });

  test.each([0, 1, 2, 3])(
    'whose restore crashed with %i files moved is there whole at the next start',
    async (moved) => {
      const [to, made] = [join(root, `crash-${moved}`), join(root, `made-${moved}`)];
      await (await openKeys(to, now)).close();
      cpSync(folder, made, { recursive: true });
      mkdirSync(join(to, 'restored'));
      for (const [at, name] of ['key-store.sqlite', 'keyring.sqlite', 'roots.json'].entries())
        renameSync(join(made, name), join(to, at < moved ? name : join('restored', name)));
      expect(await keysIn(to)).toBe(known);
      expect(existsSync(join(to, 'restored'))).toBe(false);
    },
  );

  test('whose restore crashed before it was whole leaves the keys that were there', async () => {
    const to = join(root, 'crash-early');
    cpSync(folder, to, { recursive: true });
    mkdirSync(join(to, 'restoring'));
    writeFileSync(join(to, 'restoring', 'roots.json'), 'half of');
    expect(await keysIn(to)).toBe(known);
    await restore(to, file, true);
    expect(await keysIn(to)).toBe(known);
  });
});
