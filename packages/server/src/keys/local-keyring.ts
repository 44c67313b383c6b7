import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { join } from 'node:path';
import { context, unwrapKey, wrapKey } from '@symbolon/vault';
import { BoundedCache } from '../platform/bounded-cache.ts';
import { makeFolderDurably } from '../platform/durable-file.ts';
import { type KeyPurpose, type KeyService, type KeyVersion, versionOf, withVersion } from './key-service.ts';
import { type KeyringRow, KeyringStore } from './keyring.store.ts';
import { KeysError } from './keys-error.ts';
import { nodePrimitives } from './primitives.ts';
import { isRootName, newRoot, type Root, type RootName, RootsFile, rootNames } from './root-keys.ts';

export type LocalKeyring = {
  readonly service: KeyService;
  readonly made: boolean;
  readonly roots: RootsFile;
  readonly store: KeyringStore;
  readonly close: () => void;
};

const openedBytes = 1024 * 1024;

/** Between the steps of a rotation of roots: a test ends it there, as a crash would. */
type Step = (step: 'both roots written' | 'keys rewrapped' | 'old root removed') => void;

/**
 * The key service of one machine: root keys in `roots.json`, the keys under them in `keyring.sqlite`, in a folder that
 * only its owner can read. Whoever has the folder has the keys: it belongs on another disk, and in another backup,
 * than the data. Format: docs/formats/keyring.md.
 *
 * @throws KeysError KEYRING_DAMAGED  one of the two files is there and the other is not
 */
export async function localKeyring(folder: string, now: () => Date, step: Step = () => {}): Promise<LocalKeyring> {
  await makeFolderDurably(folder, 0o700);
  const roots = new RootsFile(join(folder, 'roots.json'));
  const store = new KeyringStore(join(folder, 'keyring.sqlite'));
  const made = !roots.made;
  if (made) {
    if (store.sqlite.made && store.all().length > 0)
      throw new KeysError(
        'KEYRING_DAMAGED',
        `${roots.file} is missing, and ${store.sqlite.file} cannot be opened without it`,
      );
    // The roots last: they say that the rest is there.
    store.sqlite.make();
    await roots.make(now());
  } else if (!store.sqlite.made) {
    throw new KeysError('KEYRING_DAMAGED', `${store.sqlite.file} is missing or empty`);
  }
  roots.roots();
  const close = (): void => store.sqlite.close();
  return { service: keyringService(roots, store, now, step), made, roots, store, close };
}

const contextOf = ({ name, version, purpose }: Pick<KeyringRow, 'name' | 'version' | 'purpose'>): Uint8Array =>
  context('keyring', name, version, purpose);

function keyringService(roots: RootsFile, store: KeyringStore, now: () => Date, step: Step): KeyService {
  /** The chain whose root a name hangs from is its first word. */
  function chainOf(name: string): RootName {
    const chain = name.split('/')[0];
    if (!isRootName(chain)) throw new KeysError('KEY_MISSING', `no chain for the key name ${name}`);
    return chain;
  }

  /** Opened keys by what they were opened from, so that a row that changed is opened anew. The root keys are in memory, too. */
  const opened = new BoundedCache<{ readonly sealed: Uint8Array; readonly key: Uint8Array }>(openedBytes);

  async function open(row: KeyringRow): Promise<Uint8Array> {
    if (row.sealed === null)
      throw new KeysError('KEY_DESTROYED', `version ${row.version} of the key ${row.name} was destroyed`);
    const id = `${row.name}/${row.version}`;
    const known = opened.get(id);
    if (known && Buffer.compare(known.sealed, row.sealed) === 0) return known.key;
    const root = roots.generation(chainOf(row.name), row.root);
    const key = await unwrapKey(nodePrimitives, root.key, row.sealed, contextOf(row));
    opened.set(id, { sealed: row.sealed, key }, row.sealed.length + key.length + id.length);
    return key;
  }

  /** A key to work with. Read for each use: another process may have rotated or destroyed it a moment ago. */
  async function keyOf(name: string, purpose: KeyPurpose, version?: number) {
    chainOf(name);
    for (let tries = 0; ; tries += 1) {
      const row = store.find(name, version);
      if (row?.purpose !== purpose) {
        const which = version === undefined ? '' : ` version ${version} of`;
        throw new KeysError('KEY_MISSING', `the key service has no${which} ${purpose} key ${name}`);
      }
      try {
        return { key: await open(row), version: row.version };
      } catch (error) {
        // Its root was removed between the two looks: the row stands under a newer one by now.
        if (tries > 0 || !(error instanceof KeysError) || error.code !== 'KEYRING_DAMAGED') throw error;
      }
    }
  }

  async function addVersion(name: string, version: number, purpose: KeyPurpose): Promise<boolean> {
    const fresh =
      purpose === 'signing'
        ? generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' })
        : nodePrimitives.random(purpose === 'mac' ? 64 : 32);
    const under = async (root: Root): Promise<Uint8Array> =>
      wrapKey(nodePrimitives, root.key, fresh, contextOf({ name, version, purpose }));
    const root = roots.newest(chainOf(name));
    const madeAt = now().getTime();
    const row = { name, version, purpose, root: root.generation, sealed: await under(root), madeAt, destroyedAt: null };
    if (!store.add(row)) return false;
    // Another process may have begun to rotate the root since it was read, and have looked for keys before this one was there.
    const latest = roots.newest(chainOf(name));
    if (latest.generation !== root.generation)
      store.rewrap([{ was: row, sealed: await under(latest), root: latest.generation }]);
    return true;
  }

  async function privateKey(name: string) {
    const { key } = await keyOf(name, 'signing');
    return createPrivateKey({ key: Buffer.from(key), format: 'der', type: 'pkcs8' });
  }

  /**
   * Both roots are written, then every key of the chain under the new one, then the new root alone. A crash anywhere
   * leaves all keys readable, and the next call goes on where it ended.
   */
  async function rotateRoot(chain: RootName): Promise<number> {
    const begun = roots.roots()[chain];
    if (begun.length === 1) {
      const next = newRoot((begun[0] as Root).generation + 1, now());
      await roots.write({ ...roots.roots(), [chain]: [...begun, next] });
    }
    step('both roots written');
    const { generation, key } = roots.newest(chain);
    // Until none is left: another process may have added one under the old root meanwhile.
    for (;;) {
      const rows = store.underRootsBefore(chain, generation);
      if (rows.length === 0) break;
      const rewrapped = [];
      for (const was of rows)
        rewrapped.push({
          was,
          root: generation,
          sealed: await wrapKey(nodePrimitives, key, await open(was), contextOf(was)),
        });
      store.rewrap(rewrapped);
    }
    step('keys rewrapped');
    await roots.write({ ...roots.roots(), [chain]: roots.roots()[chain].slice(-1) });
    step('old root removed');
    return generation;
  }

  return {
    async generate(name, purpose) {
      chainOf(name);
      if (!store.find(name)) await addVersion(name, 1, purpose);
    },
    async wrap(name, key, where) {
      requireContext(where);
      const by = await keyOf(name, 'wrapping');
      return withVersion(by.version, await wrapKey(nodePrimitives, by.key, key, context('by', by.version, where)));
    },
    async unwrap(name, wrapped, where) {
      requireContext(where);
      const { version, rest } = versionOf(wrapped);
      const { key } = await keyOf(name, 'wrapping', version);
      return unwrapKey(nodePrimitives, key, rest, context('by', version, where));
    },
    async mac(name, message, where, version) {
      requireContext(where);
      const by = await keyOf(name, 'mac', version);
      return withVersion(by.version, nodePrimitives.mac('sha512', by.key, context('mac', where, message)));
    },
    async sign(name, message) {
      return sign(null, message, await privateKey(name));
    },
    async publicKey(name) {
      return createPublicKey(await privateKey(name)).export({ format: 'der', type: 'spki' });
    },
    async rotate(name) {
      const [chain, root, ...more] = name.split('/');
      if (root === 'root' && more.length === 0) return rotateRoot(chainOf(chain as string));
      for (;;) {
        const row = store.find(name);
        if (row?.purpose !== 'wrapping' && row?.purpose !== 'mac')
          throw new KeysError('KEY_MISSING', `the key service has no key ${name} that can be rotated`);
        if (row.sealed === null) throw new KeysError('KEY_DESTROYED', `the key ${name} was destroyed`);
        if (await addVersion(name, row.version + 1, row.purpose)) return row.version + 1;
      }
    },
    async versions(name) {
      const [chain, root, ...more] = name.split('/');
      if (root === 'root' && more.length === 0)
        return roots.roots()[chainOf(chain as string)].map(({ generation, madeAt }) => ({
          version: generation,
          madeAt,
          destroyedAt: null,
        }));
      return store.versions(name).map(
        ({ version, madeAt, destroyedAt }): KeyVersion => ({
          version,
          madeAt: new Date(madeAt),
          destroyedAt: destroyedAt === null ? null : new Date(destroyedAt),
        }),
      );
    },
    async destroy(name, version) {
      store.destroy(name, version, now());
    },
    async health() {
      const probe = randomBytes(32);
      for (const chain of rootNames) {
        const where = context('health', chain);
        const { key } = roots.newest(chain);
        const wrapped = await wrapKey(nodePrimitives, key, probe, where);
        if (Buffer.compare(await unwrapKey(nodePrimitives, key, wrapped, where), probe) !== 0)
          throw new KeysError('KEYS_UNAVAILABLE', 'the key service does not give back what it wrapped');
      }
      store.sqlite.tryToWrite(`insert into keys values ('health', 1, 'wrapping', 0, null, 0, 0)`);
    },
  };
}

function requireContext(where: Uint8Array): void {
  if (where.length === 0)
    throw new KeysError('KEY_CONTEXT_MISSING', 'what is wrapped or authenticated needs a context');
}
