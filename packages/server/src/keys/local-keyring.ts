import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { context, unwrapKey, wrapKey } from '@symbolon/vault';
import { writeDurably } from '../platform/durable-file.ts';
import { type KeyService, KeysError } from './key-service.ts';
import { KeyringStore } from './keyring.store.ts';
import { nodePrimitives } from './primitives.ts';

const rootsVersion = 1;
const rootNames = ['identity', 'image', 'audit', 'exchange'] as const;
type Roots = Readonly<Record<(typeof rootNames)[number], Uint8Array>>;

async function readRoots(file: string): Promise<Roots | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new KeysError('KEYS_UNAVAILABLE', `the keyring cannot be read: ${error.code}`, { cause: error });
  });
  if (text === undefined) return undefined;
  let parsed: { version?: unknown; roots?: Record<string, unknown> } | null;
  try {
    parsed = JSON.parse(text) as typeof parsed;
  } catch (cause) {
    throw new KeysError('KEYRING_DAMAGED', `${file} is not readable as a keyring`, { cause });
  }
  if (parsed === null) throw new KeysError('KEYRING_DAMAGED', `${file} is not readable as a keyring`);
  if (parsed.version !== rootsVersion)
    throw new KeysError('KEYRING_VERSION_UNKNOWN', `${file} has another version than ${rootsVersion}`);
  const entries = rootNames.map((name) => [name, Buffer.from(String(parsed.roots?.[name]), 'hex')] as const);
  if (entries.some(([, key]) => key.length !== 32)) throw new KeysError('KEYRING_DAMAGED', `${file} lacks a root key`);
  return Object.fromEntries(entries) as unknown as Roots;
}

/**
 * The key service of one machine: root keys in `roots.json`, the keys under them in `keyring.sqlite`, in a folder that
 * only its owner can read. Whoever has the folder has the keys: it belongs on another disk, and in another backup,
 * than the data.
 */
export async function localKeyring(
  folder: string,
  now: () => Date,
): Promise<{ service: KeyService; made: boolean; close: () => void }> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, 'roots.json');
  const found = await readRoots(file);
  if (!found) {
    const roots = Object.fromEntries(rootNames.map((name) => [name, randomBytes(32).toString('hex')]));
    await writeDurably(file, `${JSON.stringify({ version: rootsVersion, roots }, null, 1)}\n`, 0o600);
  }
  const roots = found ?? ((await readRoots(file)) as Roots);
  const store = new KeyringStore(join(folder, 'keyring.sqlite'));

  /** The root a name hangs from is its first word. */
  function rootOf(name: string): Uint8Array {
    const root = roots[name.split('/')[0] as keyof Roots];
    if (!root) throw new KeysError('KEY_MISSING', `no chain for the key name ${name}`);
    return root;
  }

  async function keyOf(name: string, kind: string): Promise<Uint8Array> {
    const row = store.find(name);
    if (row?.kind !== kind) throw new KeysError('KEY_MISSING', `the key service has no ${kind} key ${name}`);
    return unwrapKey(nodePrimitives, rootOf(name), row.sealed, context('keyring', name, kind));
  }

  const service: KeyService = {
    async generate(name, kind) {
      const fresh =
        kind === 'wrapping'
          ? nodePrimitives.random(32)
          : generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' });
      const sealed = await wrapKey(nodePrimitives, rootOf(name), fresh, context('keyring', name, kind));
      store.add(name, { kind, sealed }, now());
    },
    wrap: async (name, key, where) => wrapKey(nodePrimitives, await keyOf(name, 'wrapping'), key, where),
    unwrap: async (name, wrapped, where) => unwrapKey(nodePrimitives, await keyOf(name, 'wrapping'), wrapped, where),
    async sign(name, message) {
      const key = createPrivateKey({ key: Buffer.from(await keyOf(name, 'signing')), format: 'der', type: 'pkcs8' });
      return sign(null, message, key);
    },
    async publicKey(name) {
      const key = createPrivateKey({ key: Buffer.from(await keyOf(name, 'signing')), format: 'der', type: 'pkcs8' });
      return createPublicKey(key).export({ format: 'der', type: 'spki' });
    },
    async health() {
      store.find('identity/health');
    },
  };
  return { service, made: !found, close: () => store.close() };
}
