import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { isDatabaseAway, openDatabase, ping } from './database.ts';
import { postgresMadeOnce } from './made-once.testing.ts';

const withCode = (code: string, more: object = {}): Error => Object.assign(new Error(code), { code, ...more });

describe('the database is away', () => {
  test.each([
    ['it refuses connections', withCode('ECONNREFUSED', { syscall: 'connect' })],
    ['its socket is gone', withCode('ENOENT', { syscall: 'connect' })],
    ['its name cannot be looked up now', withCode('EAI_AGAIN', { syscall: 'getaddrinfo' })],
    ['its connection was reset', withCode('ECONNRESET', { syscall: 'read' })],
    ['it shuts down', withCode('57P01')],
    ['a lock is not given in time', withCode('55P03')],
    ['its disk gives errors', withCode('58030')],
    ['it has no room for another connection', withCode('53300')],
    ['its connection ended in the midst of a statement', new Error('Connection terminated unexpectedly')],
    ['it does not answer', new Error('Query read timeout')],
  ])('when %s', (_, error) => {
    expect(isDatabaseAway(error)).toBe(true);
  });

  test.each([
    ['a statement is wrong', withCode('42601')],
    ['a row exists already', withCode('23505')],
    ['a disk gives read errors', withCode('EIO', { syscall: 'read' })],
    ['a disk is full', withCode('ENOSPC', { syscall: 'write' })],
    ['a file is missing', withCode('ENOENT', { syscall: 'open' })],
    ['there is no error', undefined],
    ['an error is null', null],
    ['an error is a word', 'away'],
  ])('not when %s', (_, error) => {
    expect(isDatabaseAway(error)).toBe(false);
  });

  test('in the very words of the driver', async () => {
    for (const connection of [
      { connectionString: 'postgresql://nobody@127.0.0.1:1/none' },
      { host: '/nowhere/socket', user: 'symbolon', database: 'postgres' },
      { connectionString: 'postgresql://nobody@nowhere.invalid/none' },
    ]) {
      const { database, close } = openDatabase(connection, () => {});
      const error = await ping(database).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(Error);
      expect(isDatabaseAway(error), String(error)).toBe(true);
      await close();
    }
  });
});

test('each statement of a transaction sees what was committed before it, whatever the server and the address say', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sx-session-'));
  await chmod(folder, 0o711);
  const postgres = await postgresMadeOnce(join(folder, 'postgres'));
  try {
    await postgres.start();
    const { host, user } = postgres.connection;
    const address = `postgresql://${user}@localhost/postgres?host=${encodeURIComponent(host)}`;
    const own = `&options=${encodeURIComponent('-c search_path=theirs -c default_transaction_isolation=serializable')}`;
    const first = openDatabase(postgres.connection, () => {});
    await sql`alter database postgres set default_transaction_isolation = 'repeatable read'`.execute(first.database);
    await first.close();
    for (const [connection, path] of [
      [postgres.connection, '"$user", public'],
      [{ connectionString: address }, '"$user", public'],
      [{ connectionString: `${address}${own}` }, 'theirs'],
    ] as const) {
      const { database, close } = openDatabase(connection, () => {});
      const { rows } = await sql`select current_setting('transaction_isolation') as isolation,
        current_setting('search_path') as path, current_setting('idle_in_transaction_session_timeout') as idle`.execute(
        database,
      );
      await close();
      expect(rows).toEqual([{ isolation: 'read committed', path, idle: '5min' }]);
    }
  } finally {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
});
