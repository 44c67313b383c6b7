import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Decisions, Role } from '@symbolon/contract';
import { StreamSplitter } from '@symbolon/dicom';
import { ctStudy } from '@symbolon/testbed';
import { sql } from 'kysely';
import { personWith } from '../access/actor.testing.ts';
import type { SignedIn } from '../access/index.ts';
import { Audit, Looks, Reads } from '../audit/index.ts';
import { commit } from '../intake/commit.ts';
import { instanceOf } from '../intake/instance.ts';
import { openKeys } from '../keys/index.ts';
import { isCurrent, PackReader, packsToRead } from '../packs/index.ts';
// How whole numbers are read.
import '../platform/db/database.ts';
import { fileBlobs } from '../platform/blobs/file-blobs.ts';
import { watchedPostgres } from '../platform/db/watched-postgres.testing.ts';
import { SearchTokens, versionsWithUids } from '../studies/index.ts';
import type { ConflictDeps } from './conflict-deps.ts';

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** One file of a family that share their UIDs; `version` 0 is the first that is sent. */
export type Variant = { readonly slice: number; readonly version: number; readonly abroad?: boolean };

/** A file of the study that `seed` names; versions above 1 name another patient, `abroad` another study with the same instances. */
export function fileOf(seed: number, { slice, version, abroad = false }: Variant): Uint8Array<ArrayBuffer> {
  const files = [
    ...ctStudy({
      seed,
      slices: slice + 1,
      rows: 16,
      columns: 16,
      person: version > 1 ? { patientName: `Other^Version ${version}`, patientId: `O-${version}` } : {},
      ...(abroad ? { studyInstanceUid: `2.25.${seed}9` } : {}),
      extra: () => (version === 0 ? [] : [['0020,4000 LT ImageComments', `version ${version}`]]),
    }),
  ];
  return files[slice]!.bytes as Uint8Array<ArrayBuffer>;
}

/** A real database, key store and image store, with one account whose administrator does everything. */
export async function conflictSite() {
  // A rewrite reads and paces beside the transaction that it ends with, and tests have one of their own.
  const watched = await watchedPostgres(6);
  const folder = await mkdtemp(join(tmpdir(), 'sx-conflicts-'));
  const keys = await openKeys(join(folder, 'keys'), () => new Date());
  const { chains } = keys;
  const { database } = watched;
  const accountId = randomUUID();
  const namespaceId = randomUUID();
  const userId = randomUUID();
  await sql`insert into accounts (id, name) values (${accountId}, 'A')`.execute(database);
  await sql`insert into namespaces (id, account_id) values (${namespaceId}, ${accountId})`.execute(database);
  await sql`insert into users (id, email, name, password_hash) values (${userId}, 'a@b.c', 'Ada', '')`.execute(
    database,
  );
  await chains.addAccount(accountId);
  const stores = { imageBlobs: fileBlobs(join(folder, 'image')), identityBlobs: fileBlobs(join(folder, 'identity')) };
  const reader = new PackReader(chains, stores, database);
  const now = () => new Date();
  const audit = new Audit(chains, now);
  const deps: ConflictDeps = {
    database,
    chains,
    reader,
    publicUrl: '',
    audit,
    looks: new Looks(audit, database, now),
    reads: new Reads(audit, database, () => {}),
    now,
  };
  const administrator = personWith('administrator', { userId, accountId, namespaceId });
  return {
    watched,
    keys,
    stores,
    deps,
    actor: administrator,
    send(files: readonly Uint8Array<ArrayBuffer>[], into = stores, actor = administrator) {
      return this.sendTogether(
        files.map((file) => ({ actor, file })),
        into,
      );
    },
    /** Of several senders, in one commit. */
    sendTogether(sent: readonly { actor: SignedIn; file: Uint8Array<ArrayBuffer> }[], into = stores) {
      const group = sent.map(({ actor, file: bytes }) => {
        const splitter = new StreamSplitter({});
        const image = [...splitter.feed(bytes)];
        const split = splitter.finish();
        const instance = instanceOf({ split, image: [...image, ...split.image], sha256: sha256Of(bytes) });
        return { actor, instance };
      });
      return commit({ database, chains, stores: into, reader, audit }, group);
    },
    /** Somebody else of the account, with a namespace of their own. */
    async another(role: Role | Decisions) {
      const other = { userId: randomUUID(), accountId, namespaceId: randomUUID() };
      await sql`insert into users (id, email, name, password_hash) values (${other.userId}, ${other.userId}, 'Bo', '')`.execute(
        database,
      );
      await sql`insert into namespaces (id, account_id) values (${other.namespaceId}, ${accountId})`.execute(database);
      return personWith(role, other);
    },
    /** What a rewrite of its packs takes. */
    rewriting: { database, chains, stores, reader, audit, now, paced: async () => {} },
    /** The packs of each series of a study that arrived so, in the order of their arrival. */
    async packsOf(studyId: string, state: 'current' | 'aside') {
      const rows = await database
        .selectFrom('packs')
        .select(['id', 'series_id'])
        .where('study_id', '=', studyId)
        .where('state', '=', state)
        .orderBy('ordinal')
        .execute();
      const packs = await packsToRead(
        database,
        accountId,
        rows.map(({ id }) => id),
      );
      return [...Map.groupBy(rows, (row) => row.series_id).values()].map((some) =>
        some.map(({ id }) => packs.find(({ packId }) => packId === id)!),
      );
    },
    /** Every version of these SOP Instance UIDs, with what is current of them. */
    async versions(uids: readonly string[]) {
      const tokens = await SearchTokens.of(chains, accountId);
      return versionsWithUids(database, reader, tokens, accountId, uids);
    },
    /** The studies that hold anything of these, current or aside. */
    async studies() {
      return database
        .selectFrom('studies')
        .select(['id', 'instance_count as instanceCount', 'bytes', 'series_count as seriesCount', 'misidentified'])
        .orderBy('created_at')
        .execute();
    },
    /** What is current in a study, by counting it. */
    async countedIn(studyId: string) {
      const packs = await database
        .selectFrom('packs')
        .select(['id', 'state', 'turned', 'instance_count as instanceCount'])
        .where('study_id', '=', studyId)
        .execute();
      return packs.reduce(
        (sum, pack) =>
          sum + Array.from({ length: pack.instanceCount }, (_, at) => isCurrent(pack, at)).filter(Boolean).length,
        0,
      );
    },
    async stop() {
      await deps.reads.flush();
      keys.close();
      await watched.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export type ConflictSite = Awaited<ReturnType<typeof conflictSite>>;
