import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  cli,
  ctStudy,
  type Exchange,
  type Owner,
  onFolders,
  owner,
  type SyntheticFile,
  smallDiskTest,
} from '@symbolon/testbed';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { digestsOf, heldOf } from './all-back.ts';
import { ask } from './ask.ts';
import { storeOnce, until } from './load-of.ts';
import { backUp, emptyMachine, type Machine } from './machine-of.ts';

const ct = (seed: number, slices: number): SyntheticFile[] => [...ctStudy({ seed, slices, rows: 256, columns: 256 })];
const sent: SyntheticFile[] = [];

let machine: Machine & { place: string };
let exchange: Exchange;
let me: Owner;

onFolders(() => {
  beforeAll(async () => {
    machine = await emptyMachine(undefined, { onDisk: true });
    exchange = await machine.start();
    me = await owner(exchange);
    // Many objects: there are many moments between two of them.
    for (let at = 0; at < 60; at += 1) await sendSome(8000 + at, 2);
  }, 180_000);
  afterAll(() => machine?.dispose());

  async function sendSome(seed: number, slices: number): Promise<void> {
    const files = ct(seed, slices);
    expect(await storeOnce(exchange, me, files)).toMatchObject({ status: 200 });
    sent.push(...files);
  }
  const placeFolder = (): string => machine.place.slice('file:'.length);
  const filesIn = async (folder: string): Promise<string[]> =>
    (await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []))
      .filter((entry) => entry.isFile() && entry.name.length === 36 && !entry.parentPath.endsWith('incoming'))
      .map(({ parentPath, name }) => join(parentPath, name));
  const listed = async (): Promise<number> => {
    const list = await machine.command(['backup', 'list']);
    expect(list).toMatchObject({ code: 0 });
    return list.stdout.split('\n').filter((line) => / UTC {2}/.test(line)).length;
  };

  test('killed at any moment a backup is whole or none, and the next goes on from where it was', async () => {
    const rounds = process.env.SYMBOLON_DRILL === '1' ? 30 : 3;
    let within = 0;
    for (let round = 0; round < rounds; round += 1) {
      const before = (await filesIn(join(placeFolder(), 'images'))).length;
      await ask(exchange, '/api/v1/backups', { token: me.token, method: 'POST' });
      // Another moment each time: among the first objects, among the last, among the tables.
      const some = before + 1 + round * 7;
      await until(
        async () => (await filesIn(join(placeFolder(), 'images'))).length >= Math.min(some, sent.length / 2),
        'objects',
      );
      await pause(round % 3);
      await exchange.kill9();
      const copied = (await filesIn(join(placeFolder(), 'images'))).length;
      const whole = await listed();
      if (whole === 0) within += 1;
      await exchange.restart();
      const { runs } = (await ask(exchange, '/api/v1/backups', me)).json() as { runs: { state: string }[] };
      expect(runs[0]).toMatchObject({ state: whole === 0 ? 'running' : expect.anything() });
      expect(copied).toBeGreaterThan(0);
    }
    // What was copied before is not copied again: each file is the one that it was, and only others came.
    const copies = async () =>
      (await Promise.all(['images', 'identity'].map((store) => filesIn(join(placeFolder(), store))))).flat();
    const were = await Promise.all((await copies()).map(async (file) => ({ file, ino: (await stat(file)).ino })));
    const done = await backUp(exchange, me);
    expect(done).toMatchObject({ code: 0 });
    for (const { file, ino } of were) expect((await stat(file)).ino, file).toBe(ino);
    expect(done.objects).toBe((await copies()).length - were.length);
    expect(await machine.command(['backup', 'verify'])).toMatchObject({ code: 0 });
    const { runs } = (await ask(exchange, '/api/v1/backups', me)).json() as { runs: { state: string; code: string }[] };
    expect(runs.filter(({ state }) => state === 'running')).toEqual([]);
    console.log(
      `${within} of ${rounds} kills came before the first backup was whole; the last copied ${done.objects} objects`,
    );
    expect(within).toBeGreaterThan(0);
  }, 240_000);

  test('a restore that was killed is gone on with, and no exchange starts on what it has not finished', async () => {
    const empty = await emptyMachine(machine.place, { onDisk: true });
    try {
      await cp(machine.keysDir, empty.keysDir, { recursive: true });
      let killed = 0;
      let refused = 0;
      // A kill may come when all was in and only the word of it was missing: then the next has nothing to do, and an exchange
      // starts. Whether it was whole is looked at below.
      let on: Exchange | undefined;
      for (let ms = 500; on === undefined; ms *= 2) {
        const run = await cli(['restore'], {
          env: { ...empty.env, SYMBOLON_DATA: empty.dataDir, SYMBOLON_KEYS: empty.keysDir },
          timeoutMs: ms,
        });
        if (run.code !== -1) {
          const wasWhole = killed > 0 && /^RESTORE_NOT_EMPTY: The database is not empty/m.test(run.stderr);
          expect({ code: wasWhole ? 0 : run.code, said: run.stderr }).toMatchObject({ code: 0 });
          on = await empty.start();
          break;
        }
        killed += 1;
        const begun = (await filesIn(join(empty.dataDir, 'images'))).length > 0;
        if (begun && refused === 0) {
          const started = await empty.start().catch((error: Error) => error);
          if (started instanceof Error) {
            expect(started.message).toMatch(/restore into this database was begun/);
            refused += 1;
          } else on = started;
        }
      }
      expect(await machine.command(['backup', 'list'])).toMatchObject({ code: 0 });
      const answer = await ask(on, '/api/v1/tokens', { json: { email: me.email, password: me.password, label: 'x' } });
      const { token } = answer.json() as { token: string };
      expect(await heldOf(on, { ...me, token }, sent)).toEqual(digestsOf(sent));
      console.log(`killed ${killed} times before it had ended`);
      expect(killed).toBeGreaterThan(0);
      // Neither into what is there now, nor over it.
      await on.stop();
      const again = await empty.command(['restore']);
      expect(again).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^RESTORE_NOT_EMPTY: The database is not empty/),
      });
    } finally {
      await empty.dispose();
    }
  }, 240_000);

  test('what is damaged, cut short, of another version or of another exchange is refused, in words, and nothing is made', async () => {
    const empty = await emptyMachine();
    const copy = await mkdtemp(join(machine.root, 'copy-'));
    try {
      await cp(machine.keysDir, empty.keysDir, { recursive: true });
      const from = async (harm: (folder: string) => Promise<void>) => {
        await rm(copy, { recursive: true, force: true });
        await cp(placeFolder(), copy, { recursive: true });
        await harm(copy);
        return empty.command(['restore', '--from', `file:${copy}`]);
      };
      const changed = (folder: string, change: (bytes: Buffer) => Buffer) => async (place: string) => {
        for (const file of await filesIn(join(place, folder))) await writeFile(file, change(await readFile(file)));
      };
      const flip = (at: number) => (bytes: Buffer) => {
        bytes[at < 0 ? bytes.length + at : at]! ^= 1;
        return bytes;
      };
      const cases: readonly [string, (place: string) => Promise<void>, RegExp][] = [
        ['a manifest of a later version', changed('backups', flip(8)), /^BACKUP_VERSION_UNKNOWN: .*later version/],
        ['a manifest with a changed byte', changed('backups', flip(-1)), /^BACKUP_DAMAGED: .*--backup/],
        ['a manifest that is cut', changed('backups', (bytes) => bytes.subarray(0, 100)), /^BACKUP_DAMAGED/],
        ['a manifest whose key is another', changed('backups', flip(40)), /^BACKUP_FOREIGN: .*keys restore/],
        ['tables with a changed byte', changed('tables', flip(-20)), /^BACKUP_DAMAGED: .*earlier backup/i],
        ['tables that are cut', changed('tables', (bytes) => bytes.subarray(0, -1)), /^BACKUP_DAMAGED/],
        ['tables that are gone', (place) => rm(join(place, 'tables'), { recursive: true }), /^BACKUP_DAMAGED/],
        ['no backup at all', (place) => rm(join(place, 'backups'), { recursive: true }), /^BACKUP_NOT_FOUND/],
      ];
      for (const [what, harm, says] of cases) {
        const refused = await from(harm);
        expect([what, refused.code]).toEqual([what, refused.code === 5 ? 5 : 1]);
        expect(
          refused.stderr.split('\n').find((line) => /^[A-Z_]+: /.test(line)),
          what,
        ).toMatch(says);
        expect(await filesIn(empty.dataDir), what).toEqual([]);
      }
      // Each in the place of another, as some are left from backups that were cut off: every object opens in its own only.
      const swapped = await from(async (place) => {
        const files = await filesIn(join(place, 'tables'));
        const contents = await Promise.all(files.map((file) => readFile(file)));
        for (const [at, file] of files.entries()) await writeFile(file, contents[(at + 1) % files.length]!);
      });
      expect(swapped.stderr).toMatch(/^BACKUP_(DAMAGED|FOREIGN)/m);
      // Other keys: those of an exchange that has nothing to do with it.
      const stranger = await emptyMachine(machine.place);
      try {
        const on = await stranger.start();
        const who = await owner(on);
        const refused = await backUp(on, who);
        expect(refused).toMatchObject({ code: 5, stdout: expect.stringMatching(/failed: BACKUP_FOREIGN/) });
        expect(await stranger.command(['backup', 'verify'])).toMatchObject({
          code: 1,
          stderr: expect.stringMatching(/BACKUP_FOREIGN/),
        });
      } finally {
        await stranger.dispose();
      }
      // Images whose copies are damaged do not keep the rest from coming back; they are named.
      const partly = await from(async (place) => {
        const [victim] = await filesIn(join(place, 'images'));
        await writeFile(victim!, flip(2000)(await readFile(victim!)));
      });
      expect(partly).toMatchObject({ code: 5, stdout: expect.stringMatching(/LOST: images [0-9a-f-]{36} is damaged/) });
    } finally {
      await empty.dispose();
    }
  }, 240_000);

  test('what no backup needs any more is removed, after a day, and what one needs never', async () => {
    const put = { everyHours: null, drillEveryDays: null, keepLast: 1, keepDaily: 0, keepWeekly: 0, keepMonthly: 0 };
    const set = await ask(exchange, '/api/v1/backups/policy', { method: 'PUT', token: me.token, json: put });
    expect(set.status).toBe(200);
    type Page = { runs: { state: string }[] };
    const runs = async () => ((await ask(exchange, '/api/v1/backups', me)).json() as Page).runs;
    const whole = async () => (await runs()).filter(({ state }) => state === 'whole').length;
    /** A backup is whole before what is old is removed; the last of it is that the exchange says so. */
    const backUpAndRemove = async (): Promise<void> => {
      await backUp(exchange, me);
      await expect.poll(whole).toBe(1);
    };
    await backUpAndRemove();
    expect(await listed()).toBe(1);
    const before = await filesIn(join(placeFolder(), 'tables'));
    // As if all of it had been there for two days.
    const { utimes } = await import('node:fs/promises');
    const old = new Date(Date.now() - 2 * 86_400_000);
    for (const file of await filesIn(placeFolder())) await utimes(file, old, old);
    await backUpAndRemove();
    const after = await filesIn(join(placeFolder(), 'tables'));
    expect(before.filter((file) => !after.includes(file)).length).toBeGreaterThan(0);
    expect(await listed()).toBe(1);
    expect(await machine.command(['backup', 'verify'])).toMatchObject({ code: 0 });
    expect((await runs())[0]).toMatchObject({ state: 'whole' });
    expect(await whole()).toBe(1);
  }, 120_000);

  smallDiskTest(
    'a place that is full fails the backup and nothing else; with room the next is whole',
    24 * 1024 * 1024,
    async (disk) => {
      const other = await emptyMachine(`file:${join(disk.folder, 'backups')}`);
      try {
        const on = await other.start();
        const who = await owner(on);
        const files = ct(8900, 40);
        expect(await storeOnce(on, who, files)).toMatchObject({ status: 200 });
        await disk.fillUntil(2 * 1024 * 1024);
        const full = await backUp(on, who);
        expect(full).toMatchObject({ code: 5, stdout: expect.stringMatching(/failed: BLOB_STORE_FULL/) });
        expect((await ask(on, '/api/v1/backups/status', who)).json()).toMatchObject({ warning: 'never', lastAt: null });
        expect((await ask(on, '/metrics', who)).body.toString()).toMatch(/^symbolon_backup_failing 1$/m);
        expect(await storeOnce(on, who, ct(8901, 1))).toMatchObject({ status: 200 });
        disk.makeSpace();
        expect(await backUp(on, who)).toMatchObject({ code: 0 });
        expect(await other.command(['backup', 'verify'])).toMatchObject({ code: 0 });
        // Its disk is not mounted: an empty folder is not taken for the place.
        await on.stop();
        await rm(join(disk.folder, 'backups'), { recursive: true });
        await on.restart();
        const gone = await backUp(on, who);
        expect(gone.code).toBe(5);
        expect(await filesIn(disk.folder)).toEqual([]);
      } finally {
        await other.dispose();
      }
    },
  );
});
