import { randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { writeDurably } from '../platform/durable-file.ts';
import { KeysError } from './keys-error.ts';

export const rootNames = ['identity', 'image', 'audit', 'exchange'] as const;
export type RootName = (typeof rootNames)[number];
export type Root = { readonly generation: number; readonly madeAt: Date; readonly key: Uint8Array };
/** Each chain's roots, oldest first: one, or during a rotation two. */
export type Roots = Readonly<Record<RootName, readonly Root[]>>;

const version = 2;

export const isRootName = (name: string | undefined): name is RootName => rootNames.includes(name as RootName);
const newest = (roots: readonly Root[]): Root => roots.at(-1) as Root;

export function newRoot(generation: number, now: Date): Root {
  return { generation, madeAt: now, key: randomBytes(32) };
}

function rootsText(roots: Roots): string {
  const spelt = Object.fromEntries(
    rootNames.map((name) => [
      name,
      roots[name].map(({ generation, madeAt, key }) => ({
        generation,
        madeAt: madeAt.toISOString(),
        key: Buffer.from(key).toString('hex'),
      })),
    ]),
  );
  return `${JSON.stringify({ version, roots: spelt }, null, 1)}\n`;
}

/** @throws KeysError KEYRING_VERSION_UNKNOWN, KEYRING_DAMAGED */
function rootsOf(text: string, where: string): Roots {
  const damaged = (what: string, cause?: unknown): KeysError =>
    new KeysError('KEYRING_DAMAGED', `${where} ${what}`, { cause });
  let parsed: { version?: unknown; roots?: Record<string, unknown> } | null;
  try {
    parsed = JSON.parse(text) as typeof parsed;
  } catch (cause) {
    throw damaged('is not readable as a keyring', cause);
  }
  if (parsed === null || typeof parsed !== 'object') throw damaged('is not readable as a keyring');
  if (parsed.version !== version)
    throw new KeysError('KEYRING_VERSION_UNKNOWN', `${where} has another version than ${version}`);
  const roots = rootNames.map((name) => {
    const listed = parsed.roots?.[name];
    if (!Array.isArray(listed) || listed.length === 0) throw damaged(`lacks the root key of ${name}`);
    const of = listed.map((root: { generation?: unknown; madeAt?: unknown; key?: unknown } | null): Root => {
      const key = Buffer.from(String(root?.key), 'hex');
      const generation = Number(root?.generation);
      const madeAt = new Date(String(root?.madeAt));
      if (key.length !== 32 || !Number.isSafeInteger(generation) || Number.isNaN(madeAt.getTime()))
        throw damaged(`has a damaged root key of ${name}`);
      return { generation, madeAt, key };
    });
    return [name, of] as const;
  });
  return Object.fromEntries(roots) as unknown as Roots;
}

/** The file of the root keys. Another process may rotate them: it is read again where it was replaced. */
export class RootsFile {
  readonly file: string;
  #read: { readonly roots: Roots; readonly stamp: string } | undefined;

  constructor(file: string) {
    this.file = file;
  }

  get made(): boolean {
    return statSync(this.file, { throwIfNoEntry: false }) !== undefined;
  }

  async make(now: Date): Promise<void> {
    const roots = Object.fromEntries(rootNames.map((name) => [name, [newRoot(1, now)]])) as unknown as Roots;
    await this.write(roots);
  }

  async write(roots: Roots): Promise<void> {
    await writeDurably(this.file, rootsText(roots), 0o600);
    this.#read = undefined;
  }

  roots(): Roots {
    try {
      const { ino, mtimeNs } = statSync(this.file, { bigint: true });
      const stamp = `${ino} ${mtimeNs}`;
      if (this.#read?.stamp !== stamp)
        this.#read = { roots: rootsOf(readFileSync(this.file, 'utf8'), this.file), stamp };
      return this.#read.roots;
    } catch (error) {
      if (error instanceof KeysError) throw error;
      const { code } = error as NodeJS.ErrnoException;
      throw new KeysError('KEYS_UNAVAILABLE', `the keyring cannot be read: ${code}`, { cause: error });
    }
  }

  newest(name: RootName): Root {
    return newest(this.roots()[name]);
  }

  generation(name: RootName, generation: number): Root {
    const root = this.roots()[name].find((one) => one.generation === generation);
    if (!root)
      throw new KeysError('KEYRING_DAMAGED', `${this.file} lacks generation ${generation} of the root of ${name}`);
    return root;
  }
}
