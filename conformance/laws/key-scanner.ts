import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { zstdDecompressSync } from 'node:zlib';
import type { Exchange } from '@symbolon/testbed';
import { context, openCell, openWhole, unwrapKey, VaultError } from '@symbolon/vault';
import { derive, type KeyChains, nodePrimitives } from '../../packages/server/src/keys/index.ts';
import { contextOf } from '../../packages/server/src/keys/key-contexts.ts';
import { versionOf } from '../../packages/server/src/keys/key-service.ts';
import type { Chain, KeyKind } from '../../packages/server/src/keys/key-store.ts';
import { packKey } from '../../packages/server/src/packs/pack-keys.ts';
import { imageKey } from '../../packages/server/src/packs/stored-image.ts';
import { inDatabaseOf } from './database-of.ts';

type Row = Record<string, unknown>;
type WrapRow = { chain: Chain; kind: KeyKind; family: string; id: string; account_id: string; wrapped: Uint8Array };
type KeyringRow = { name: string; version: number; purpose: string; sealed: Uint8Array | null };

/** Everything that an exchange keeps, as somebody copied it at one moment. */
export type Copies = {
  readonly wraps: readonly WrapRow[];
  readonly keyring: readonly KeyringRow[];
  readonly roots: readonly Uint8Array[];
  readonly tables: Readonly<Record<string, readonly Row[]>>;
  readonly blobs: ReadonlyMap<string, Buffer>;
  /** The bytes of the files of the keys. */
  readonly keyFiles: readonly Buffer[];
};

const tables = ['packs', 'replaced_packs', 'studies', 'series', 'patients', 'links', 'holds', 'audit_records'] as const;

export async function copiesOf(exchange: Exchange): Promise<Copies> {
  const folder = await mkdtemp('/tmp/sx-copies-');
  try {
    await cp(exchange.keysDir, folder, { recursive: true });
    const keyFiles = await Promise.all(
      ['key-store.sqlite', 'key-store.sqlite-journal', 'keyring.sqlite', 'keyring.sqlite-journal', 'roots.json'].map(
        (name) => readFile(join(folder, name)).catch(() => Buffer.alloc(0)),
      ),
    );
    const ring = JSON.parse(keyFiles.at(-1)!.toString('utf8')) as { roots: Record<string, { key: string }[]> };
    return {
      wraps: rowsOf(join(folder, 'key-store.sqlite'), 'wraps') as WrapRow[],
      keyring: rowsOf(join(folder, 'keyring.sqlite'), 'keys') as KeyringRow[],
      roots: Object.values(ring.roots)
        .flat()
        .map(({ key }) => Buffer.from(key, 'hex')),
      tables: await inDatabaseOf(exchange, async (database) => {
        const copied: Record<string, readonly Row[]> = {};
        for (const table of tables)
          copied[table] = (await database
            .selectFrom(table as 'packs')
            .selectAll()
            .execute()) as Row[];
        return copied;
      }),
      blobs: await blobsOf(exchange.dataDir),
      keyFiles,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function rowsOf(file: string, table: string): unknown[] {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return database.prepare(`select * from ${table}`).all();
  } finally {
    database.close();
  }
}

async function blobsOf(dataDir: string): Promise<Map<string, Buffer>> {
  const blobs = new Map<string, Buffer>();
  for (const store of ['images', 'identity']) {
    const entries = await readdir(join(dataDir, store), { recursive: true, withFileTypes: true }).catch(() => []);
    for (const { name, parentPath, ...entry } of entries)
      if (/^[0-9a-f-]{36}$/.test(name))
        blobs.set(`${store}/${name}`, await readFile(join(parentPath, name)).catch(() => Buffer.alloc(0)));
      else void entry;
  }
  return blobs;
}

/** Every key that comes out of these roots, whatever wrapped key of whichever copy is tried with whichever key came out so far. */
export async function allKeys(roots: readonly Uint8Array[], copies: readonly Copies[]): Promise<Uint8Array[]> {
  const known = new Map(roots.map((key) => [hex(key), key]));
  const wrapped = [
    ...copies.flatMap(({ keyring }) =>
      keyring.flatMap(({ name, version, purpose, sealed }) =>
        sealed === null ? [] : [{ sealed, where: context('keyring', name, version, purpose) }],
      ),
    ),
    ...copies.flatMap(({ wraps }) =>
      wraps.map(({ account_id: accountId, wrapped: bytes, ...name }) => {
        const where = contextOf({ ...name, accountId });
        if (name.kind !== 'account' && name.kind !== 'patient') return { sealed: bytes, where };
        const { version, rest } = versionOf(bytes);
        return { sealed: rest, where: context('by', version, where) };
      }),
    ),
  ];
  const tried = new Set<string>();
  for (let before = -1; known.size > before; ) {
    before = known.size;
    for (const { sealed, where } of wrapped) {
      for (const [name, key] of known) {
        const pair = `${name} ${hex(sealed)} ${hex(where)}`;
        if (tried.has(pair)) continue;
        tried.add(pair);
        const opened = await orUndefined(unwrapKey(nodePrimitives, key, sealed, where));
        if (opened) known.set(hex(opened), opened);
      }
    }
  }
  return [...known.values()];
}

/** One thing that opened: whose study it is of, what it was, and what it says. */
export type Opened = { readonly of: string; readonly what: string; readonly plain: Buffer };

/** Tries every key with everything that was copied: packs, cells, notes, reasons, and what the log says. */
export async function openAll(keys: readonly Uint8Array[], { tables: copied, blobs }: Copies): Promise<Opened[]> {
  const found: Opened[] = [];
  const add = (of: unknown, what: string, plain: Uint8Array | undefined): void => {
    if (plain) found.push({ of: String(of), what, plain: Buffer.from(plain) });
  };
  const patientOf = new Map(copied.studies!.map(({ id, patient_id }) => [String(id), String(patient_id)]));
  for (const key of keys) {
    const cell = async (purpose: string, sealed: unknown, where: Uint8Array, own = key) =>
      sealed instanceof Uint8Array
        ? orUndefined(derive(own, purpose).then((derived) => openCell(nodePrimitives, derived, sealed, where)))
        : undefined;
    for (const one of copied.patients!)
      add(one.id, 'patient', await cell('cell', one.cell, context('patient', String(one.account_id), String(one.id))));
    for (const one of copied.studies!)
      add(one.id, 'study', await cell('cell', one.cell, context('study', String(one.account_id), String(one.id))));
    for (const one of copied.series!) {
      const where = context('series', String(one.account_id), String(one.study_id), String(one.id));
      add(
        one.study_id,
        'series',
        await cell('cell', one.cell, where, await derive(key, 'series', 'identity', String(one.id))),
      );
    }
    for (const one of copied.links!)
      add(
        one.study_id,
        'link',
        await cell('link', one.cell, context('link', String(one.account_id), String(one.study_id), String(one.id))),
      );
    for (const one of copied.holds!)
      add(
        one.study_id ?? one.patient_id,
        'hold',
        await cell('hold', one.cell, context('hold', String(one.account_id), String(one.id))),
      );
    for (const one of copied.audit_records!) {
      for (const study of [one.study_id ?? '', ''])
        add(
          study,
          'log',
          await cell(
            'audit-detail',
            one.detail,
            context('audit', String(one.account_id), String(study), String(one.id)),
          ),
        );
    }
    for (const one of [...copied.packs!, ...copied.replaced_packs!]) await openPack(key, one);
  }
  return found;

  async function openPack(key: Uint8Array, row: Row): Promise<void> {
    const [packId, studyId, seriesId, accountId] = [row.id, row.study_id, row.series_id, row.account_id].map(
      String,
    ) as [string, string, string, string];
    const keyId = String(row.key_id ?? row.study_id);
    const place = { accountId, patientId: patientOf.get(studyId) ?? '', studyId, keyId, seriesId, packId };
    // The key that is tried, in the place of the study's.
    const chains = {
      pack: async (chain: Chain) => derive(await derive(key, 'series', chain, seriesId), 'pack', chain, packId),
    } as unknown as KeyChains;
    const version = Number(row.version);
    const open = async (part: 'manifest' | 'identity', sealed: Uint8Array | undefined) =>
      sealed &&
      orUndefined(
        packKey(chains, place, part, version).then((streamKey) => openWhole(nodePrimitives, streamKey, sealed)),
      );
    const manifest = await open('manifest', row.manifest as Uint8Array);
    add(studyId, 'manifest', manifest && zstdDecompressSync(manifest));
    const identity = await open('identity', (row.identity as Uint8Array | null) ?? blobs.get(`identity/${packId}`));
    add(studyId, 'identity', identity && zstdDecompressSync(identity));
    const image = blobs.get(`images/${packId}`);
    const wrappedKey = row.image_key as Uint8Array | null;
    if (image)
      add(
        studyId,
        'image',
        await orUndefined(
          imageKey(chains, { ...place, version, imageKey: wrappedKey }).then((streamKey) =>
            openWhole(nodePrimitives, streamKey, image),
          ),
        ),
      );
  }
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Undefined where it does not open. */
async function orUndefined<T>(opening: Promise<T>): Promise<T | undefined> {
  try {
    return await opening;
  } catch (error) {
    const { name } = error as Error;
    if (error instanceof VaultError || name === 'PacksError') return undefined;
    throw error;
  }
}
