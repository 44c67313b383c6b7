import { z } from 'zod';
import type { BackupPlace } from './backup-place.ts';
import { BackupError } from './errors.ts';
import { type KeyWraps, readObject, type Written, writeObject } from './sealed-object.ts';

const count = z.int().min(0);
const object = z.object({ object: z.uuid(), bytes: count });
const names = object.extend({ count, namedBytes: count });

const manifest = z.object({
  version: z.literal(1),
  id: z.uuid(),
  madeAt: z.iso.datetime(),
  /** Names the database whose transactions `snapshotXmin` counts; null where it does not say. */
  database: z.string().nullable(),
  snapshotXmin: z.string().regex(/^\d{1,20}$/),
  migrations: z.array(z.string()),
  tables: z.array(
    z.object({
      name: z.string().regex(/^[a-z_]{1,63}$/),
      columns: z.array(z.string().regex(/^[a-z0-9_]{1,63}$/)),
      key: z.array(z.string().regex(/^[a-z0-9_]{1,63}$/)),
      rows: count,
      parts: z.array(object.extend({ rows: count })),
      live: object.nullable(),
    }),
  ),
  sequences: z.array(
    z.object({
      table: z.string().regex(/^[a-z_]{1,63}$/),
      column: z.string().regex(/^[a-z0-9_]{1,63}$/),
      last: z.string().regex(/^\d{1,19}$/),
    }),
  ),
  images: names,
  identity: names,
  /** Objects that a row named and the store did not have. */
  missing: z.array(z.object({ store: z.enum(['images', 'identity']), name: z.uuid() })),
});
export type BackupManifest = z.infer<typeof manifest>;
export type TableManifest = BackupManifest['tables'][number];

/** A manifest is written last: with it the backup is whole. */
export async function writeManifest(keys: KeyWraps, place: BackupPlace, made: BackupManifest): Promise<Written> {
  const text = new TextEncoder().encode(JSON.stringify(made));
  return writeObject(
    keys,
    place.backups,
    made.id,
    'manifest',
    (async function* () {
      yield text;
    })(),
  );
}

/** @throws BackupError BACKUP_NOT_FOUND BACKUP_DAMAGED BACKUP_VERSION_UNKNOWN BACKUP_FOREIGN */
export async function readManifest(keys: KeyWraps, place: BackupPlace, id: string): Promise<BackupManifest> {
  const pieces: Uint8Array[] = [];
  for await (const piece of readObject(keys, place.backups, { object: id }, 'manifest')) pieces.push(piece);
  const told: unknown = JSON.parse(Buffer.concat(pieces).toString('utf8'));
  const { version } = Object(told) as { version?: unknown };
  if (version !== 1)
    throw new BackupError(
      'BACKUP_VERSION_UNKNOWN',
      `backup ${id} was made by a later version of Symbolon (format ${String(version)}). Use that version, or a newer one.`,
    );
  const read = manifest.safeParse(told);
  if (!read.success || read.data.id !== id)
    throw new BackupError('BACKUP_DAMAGED', `the manifest of backup ${id} is not one`);
  return read.data;
}

/** Every backup in a place, the newest first; what does not open is named with the reason. */
export async function backupsAt(
  keys: KeyWraps,
  place: BackupPlace,
): Promise<{
  readonly whole: BackupManifest[];
  readonly wrong: { readonly id: string; readonly error: BackupError }[];
}> {
  const whole: BackupManifest[] = [];
  const wrong: { id: string; error: BackupError }[] = [];
  for await (const page of place.backups.list()) {
    for (const id of page) {
      try {
        whole.push(await readManifest(keys, place, id));
      } catch (error) {
        if (!(error instanceof BackupError)) throw error;
        wrong.push({ id, error });
      }
    }
  }
  whole.sort((a, b) => b.madeAt.localeCompare(a.madeAt));
  return { whole, wrong };
}

/** What a backup needs in the place's folder of tables. */
export function tableObjectsOf({ tables, images, identity }: BackupManifest): Written[] {
  const ofTables = tables.flatMap(({ parts, live }) => (live === null ? parts : [...parts, live]));
  return [...ofTables, images, identity].map(({ object: name, bytes }) => ({ object: name, bytes }));
}
