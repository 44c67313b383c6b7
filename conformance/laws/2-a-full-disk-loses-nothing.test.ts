import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  ctStudy,
  type Exchange,
  type Owner,
  owner,
  type SmallDisk,
  smallDiskTest,
  startExchange,
} from '@symbolon/testbed';
import { expect } from 'vitest';
import { type Answer, ask, multipart } from './ask.ts';
import { digestOf, digestsIn, fetchStudy } from './folder-of.ts';

const mib = 1024 * 1024;

type Sent = { readonly status: number; readonly code: string | undefined; readonly taken: string[] };

/** Sends instances of one study, a few to a request, until it is refused or all are taken. */
async function sendUntilRefused(exchange: Exchange, me: Owner, files: readonly Uint8Array[], atOnce: number) {
  const acknowledged: string[] = [];
  let last: Sent = { status: 200, code: undefined, taken: [] };
  for (let at = 0; at < files.length && last.status === 200; at += atOnce) {
    last = await store(exchange, me, files.slice(at, at + atOnce));
    acknowledged.push(...last.taken);
  }
  return { acknowledged, last };
}

async function store(exchange: Exchange, me: Owner, files: readonly Uint8Array[]): Promise<Sent> {
  const { body, headers } = multipart(files);
  const answer = await ask(exchange, '/dicomweb/studies', { token: me.token, body, headers });
  const told = answer.json() as Record<string, { Value?: Record<string, { Value: string[] }>[] }> & { code?: string };
  const taken = (told['00081199']?.Value ?? []).map((item) => item['00091001']?.Value[0] as string);
  return { status: answer.status, code: told.code, taken };
}

const held = async (exchange: Exchange, me: Owner, digests: readonly string[]): Promise<string[]> => {
  const answer = await ask(exchange, '/api/v1/held', { token: me.token, json: { sha256: digests } });
  expect(answer.status).toBe(200);
  return (answer.json() as { held: string[] }).held.sort();
};

const readable = async (exchange: Exchange, me: Owner, study: string): Promise<Answer> =>
  ask(exchange, `/dicomweb/studies?StudyInstanceUID=${study}`, me);

async function signIn(exchange: Exchange, me: Owner): Promise<number> {
  const json = { email: me.email, password: me.password };
  return (await ask(exchange, '/api/v1/sessions', { json })).status;
}

async function untilTaken(exchange: Exchange, me: Owner, file: Uint8Array): Promise<void> {
  const giveUpAt = performance.now() + 60_000;
  for (;;) {
    const { status } = await store(exchange, me, [file]);
    if (status === 200) return;
    if (performance.now() > giveUpAt) throw new Error(`after space was made it still answers ${status}`);
    await pause(200);
  }
}

/**
 * The exchange may see the end of the disk before PostgreSQL does, and refuse data. Reads go on, and each is written down in
 * the audit: they bring the database there.
 */
async function untilDatabaseIsFull(exchange: Exchange, me: Owner): Promise<string> {
  for (let reads = 0; ; reads += 10) {
    const log = await readFile(join(exchange.dataDir, 'postgres/postgres.log'), 'utf8');
    if (log.includes('No space left') || reads === 2_000) return log;
    await Promise.all(Array.from({ length: 10 }, () => readable(exchange, me, '1.2.3')));
  }
}

const study = (seed: number) => [...ctStudy({ seed, slices: 120, rows: 512, columns: 512 })];

async function expectAllBack(exchange: Exchange, me: Owner, uid: string, digests: readonly string[], disk: SmallDisk) {
  expect(await held(exchange, me, digests)).toEqual([...digests].sort());
  const out = join('/tmp', `${disk.folder.split('/').at(-1)}-back-${uid.slice(-6)}`);
  expect(await fetchStudy(exchange, me, uid, out)).toMatchObject({ code: 0 });
  expect(await digestsIn(out)).toEqual(expect.arrayContaining([...digests]));
  await rm(out, { recursive: true });
}

smallDiskTest(
  'a disk that fills up is refused at its reserve; what is held is served, and data is taken again when there is room',
  700 * mib,
  async (disk) => {
    const exchange = await startExchange({ under: disk.folder, env: { SYMBOLON_DISK_RESERVE: '160MiB' } });
    try {
      const me = await owner(exchange);
      const files = study(71);
      const uid = files[0]!.studyInstanceUid;
      await disk.fillUntil(190 * mib);
      const { acknowledged, last } = await sendUntilRefused(
        exchange,
        me,
        files.map(({ bytes }) => bytes),
        4,
      );
      expect(last).toMatchObject({ status: 507, code: 'STORAGE_FULL' });
      expect(acknowledged.length).toBeGreaterThan(0);
      expect(acknowledged.length).toBeLessThan(files.length);
      expect(disk.free()).toBeGreaterThan(140 * mib);

      // The last was refused since it would have gone below the reserve; now everything is, before its body is read.
      await disk.fillUntil(150 * mib);
      await pause(300);
      expect(await store(exchange, me, [files.at(-1)!.bytes])).toMatchObject({ status: 507, code: 'STORAGE_FULL' });

      // Everything else goes on.
      expect(await signIn(exchange, me)).toBe(201);
      expect((await readable(exchange, me, uid)).status).toBe(200);
      await expectAllBack(exchange, me, uid, acknowledged, disk);
      const ready = await ask(exchange, '/readyz');
      expect(ready.json()).toEqual({ status: 'ready', storage: 'full' });
      const storage = (await ask(exchange, '/api/v1/storage', me)).json() as {
        state: string;
        places: { name: string; state: string }[];
      };
      expect(storage.state).toBe('full');
      expect(storage.places.map(({ name, state }) => `${name} ${state}`)).toEqual([
        'images full',
        'identity full',
        'database full',
        'keys full',
      ]);
      expect(exchange.output()).toContain('the room for data has changed');
      // That is what the reserve is for: the database never met the end of its disk.
      const log = await readFile(join(exchange.dataDir, 'postgres/postgres.log'), 'utf8');
      expect(log).not.toContain('No space left');

      disk.makeSpace();
      await untilTaken(exchange, me, files.at(-1)!.bytes);
      expect((await ask(exchange, '/readyz')).json()).toEqual({ status: 'ready', storage: 'ok' });
      expect(
        (
          await sendUntilRefused(
            exchange,
            me,
            files.map(({ bytes }) => bytes),
            20,
          )
        ).last.status,
      ).toBe(200);
      await expectAllBack(
        exchange,
        me,
        uid,
        files.map(({ bytes }) => digestOf(bytes)),
        disk,
      );
      expect(await exchange.stop()).toBe(0);
    } finally {
      await exchange.dispose();
    }
  },
  180_000,
);

/**
 * Why there is a reserve: without it PostgreSQL itself runs out of room. A commit in flight then fails, or its log ends in
 * the midst of one and PostgreSQL with it (PANIC), until there is room. Nothing acknowledged is lost even so.
 */
smallDiskTest(
  'without a reserve the database itself runs full: nothing acknowledged is lost, and it recovers when there is room',
  400 * mib,
  async (disk) => {
    // Elsewhere, so that it is the database that runs full, and not the image store before it.
    const blobs = await mkdtemp('/tmp/sx-blobs-');
    const env = {
      SYMBOLON_DISK_RESERVE: '0MiB',
      SYMBOLON_BLOBS: `file:${blobs}/images`,
      SYMBOLON_IDENTITY_BLOBS: `file:${blobs}/identity`,
    };
    const exchange = await startExchange({ under: disk.folder, env });
    try {
      const me = await owner(exchange);
      const files = study(72);
      const uid = files[0]!.studyInstanceUid;
      const bytes = files.map((file) => file.bytes);
      const before = await sendUntilRefused(exchange, me, bytes.slice(0, 20), 4);
      const filling = disk.fillUntil(0);
      const during = await sendUntilRefused(
        exchange,
        me,
        [...bytes.slice(20), ...study(73).map((file) => file.bytes)],
        1,
      );
      await filling;
      expect([503, 507]).toContain(during.last.status);
      const after = await Promise.all(bytes.slice(100, 110).map((file) => store(exchange, me, [file])));
      const log = await untilDatabaseIsFull(exchange, me);
      expect(log).toContain('No space left on device');
      console.log(
        `the database on a full disk: ${during.acknowledged.length} more were taken, then ${during.last.status} ${during.last.code}; ` +
          `PostgreSQL ${log.includes('PANIC') ? 'ended in the midst of a commit (PANIC)' : 'refused the commits (53100)'}`,
      );
      disk.makeSpace();
      await untilTaken(exchange, me, bytes.at(-1)!);
      const acknowledged = [...before.acknowledged, ...during.acknowledged, ...after.flatMap(({ taken }) => taken)];
      expect(await held(exchange, me, acknowledged)).toEqual([...acknowledged].sort());
      const ofThis = bytes.map(digestOf).filter((digest) => acknowledged.includes(digest));
      await expectAllBack(exchange, me, uid, ofThis, disk);
      expect(await exchange.stop()).toBe(0);
    } finally {
      await exchange.dispose();
      await rm(blobs, { recursive: true, force: true });
    }
  },
  180_000,
);
