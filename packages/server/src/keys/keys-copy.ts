import { z } from 'zod';
import type { Tombstone, Wrap } from './key-store.ts';
import type { KeyringRow } from './keyring.store.ts';
import { KeysError } from './keys-error.ts';
import { type Root, type RootName, type Roots, rootNames } from './root-keys.ts';

/** Everything that the keys folder and the key store hold, as lines of JSON: docs/formats/keys-backup.md. */
const moment = z.iso.datetime().transform((text) => new Date(text));
const bytes = z.base64().transform((text) => Uint8Array.from(Buffer.from(text, 'base64')));
const count = z.int().min(0);

const line = z.discriminatedUnion('what', [
  z.object({ what: z.literal('keys of an exchange'), madeAt: moment }),
  z.object({
    what: z.literal('wrap'),
    chain: z.enum(['identity', 'image', 'audit']),
    kind: z.enum(['account', 'patient', 'patient-cell', 'study']),
    family: z.uuid(),
    id: z.uuid(),
    account: z.uuid(),
    generation: count,
    under: count,
    wrapped: bytes,
    madeAt: moment,
  }),
  z.object({ what: z.literal('root'), chain: z.enum(rootNames), generation: count, madeAt: moment, key: bytes }),
  z.object({
    what: z.literal('key'),
    name: z.string(),
    version: count,
    purpose: z.enum(['wrapping', 'signing', 'mac']),
    root: count,
    sealed: bytes.nullable(),
    madeAt: moment,
    destroyedAt: moment.nullable(),
  }),
  z.object({
    what: z.literal('tombstone'),
    kind: z.enum(['study', 'study-data', 'patient', 'account']),
    id: z.uuid(),
    account: z.uuid(),
    family: z.uuid(),
    erasure: z.uuid(),
    at: moment,
  }),
  // Copies from before there was erasure count no tombstones.
  z.object({ what: z.literal('end'), wraps: count, tombstones: count.default(0), roots: count, keys: count }),
]);
export type CopyLine = z.output<typeof line>;

const text = (of: object): string => `${JSON.stringify(of)}\n`;
const base64 = (of: Uint8Array): string => Buffer.from(of).toString('base64');

export const firstLine = (madeAt: Date): string => text({ what: 'keys of an exchange', madeAt });

export function wrapLine({ accountId: account, wrapped, ...wrap }: Wrap): string {
  return text({ what: 'wrap', ...wrap, account, wrapped: base64(wrapped) });
}

export function tombstoneLine({ accountId: account, erasureId: erasure, ...tombstone }: Tombstone): string {
  return text({ what: 'tombstone', ...tombstone, account, erasure });
}

export function rootLines(roots: Roots): string[] {
  return rootNames.flatMap((chain) =>
    roots[chain].map((root) => text({ what: 'root', chain, ...root, key: base64(root.key) })),
  );
}

export function keyLine({ sealed, madeAt, destroyedAt, ...row }: KeyringRow): string {
  return text({
    what: 'key',
    ...row,
    sealed: sealed && base64(sealed),
    madeAt: new Date(madeAt),
    destroyedAt: destroyedAt === null ? null : new Date(destroyedAt),
  });
}

export const lastLine = (counts: { wraps: number; tombstones: number; roots: number; keys: number }): string =>
  text({ what: 'end', ...counts });

/** @throws KeysError KEYS_BACKUP_VERSION_UNKNOWN  a line that this version does not write */
function readLine(json: string): CopyLine {
  try {
    return line.parse(JSON.parse(json));
  } catch {
    throw new KeysError('KEYS_BACKUP_VERSION_UNKNOWN', 'the backup holds a line that this version does not know');
  }
}

function wrapOf({ account: accountId, what: _, ...wrap }: Extract<CopyLine, { what: 'wrap' }>): Wrap {
  return { ...wrap, accountId };
}

function keyOf({ what: _, madeAt, destroyedAt, ...row }: Extract<CopyLine, { what: 'key' }>): KeyringRow {
  return { ...row, madeAt: madeAt.getTime(), destroyedAt: destroyedAt === null ? null : destroyedAt.getTime() };
}

/** The key service's part of a copy, which is small, and what is said of the whole. */
export type KeyringCopy = {
  readonly madeAt: Date;
  readonly roots: Roots;
  readonly keys: readonly KeyringRow[];
  readonly wraps: number;
};

/** Reads a copy to its end. @throws KeysError KEYS_BACKUP_DAMAGED  it has no end, or not what its end says */
export async function readKeyring(lines: AsyncIterable<string>): Promise<KeyringCopy> {
  const roots = Object.fromEntries(rootNames.map((name) => [name, [] as Root[]])) as Record<RootName, Root[]>;
  const keys: KeyringRow[] = [];
  let wraps = 0;
  let tombstones = 0;
  let madeAt: Date | undefined;
  let end: Extract<CopyLine, { what: 'end' }> | undefined;
  for await (const json of lines) {
    const read = readLine(json);
    if (end || (madeAt === undefined) !== (read.what === 'keys of an exchange'))
      throw new KeysError('KEYS_BACKUP_DAMAGED', 'the lines of the backup are not in their order');
    if (read.what === 'keys of an exchange') madeAt = read.madeAt;
    else if (read.what === 'wrap') wraps += 1;
    else if (read.what === 'tombstone') tombstones += 1;
    else if (read.what === 'root') roots[read.chain].push(read);
    else if (read.what === 'key') keys.push(keyOf(read));
    else end = read;
  }
  const said = { wraps, tombstones, roots: Object.values(roots).flat().length, keys: keys.length };
  if (
    !madeAt ||
    end?.wraps !== said.wraps ||
    end.tombstones !== said.tombstones ||
    end.roots !== said.roots ||
    end.keys !== said.keys
  )
    throw new KeysError('KEYS_BACKUP_DAMAGED', 'the backup does not hold what its end says');
  return { madeAt, roots, keys, wraps };
}

/** The tombstones of a copy, some at a time. */
export async function* tombstonesIn(lines: AsyncIterable<string>): AsyncGenerator<Tombstone[]> {
  let page: Tombstone[] = [];
  for await (const json of lines) {
    const read = readLine(json);
    if (read.what === 'tombstone') {
      const { what: _, account: accountId, erasure: erasureId, ...tombstone } = read;
      page.push({ ...tombstone, accountId, erasureId });
    }
    if (page.length < 1000 && read.what !== 'end') continue;
    if (page.length > 0) yield page;
    page = [];
  }
}

/** The wraps of a copy, some at a time. */
export async function* wrapsIn(lines: AsyncIterable<string>): AsyncGenerator<Wrap[]> {
  let page: Wrap[] = [];
  for await (const json of lines) {
    const read = readLine(json);
    if (read.what === 'wrap') page.push(wrapOf(read));
    if (page.length < 1000 && read.what !== 'end') continue;
    if (page.length > 0) yield page;
    page = [];
  }
}
