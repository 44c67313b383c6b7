import { describe, expect, test } from 'vitest';
import { isDatabaseAway, openDatabase, ping } from './database.ts';

const withCode = (code: string, more: object = {}): Error => Object.assign(new Error(code), { code, ...more });

describe('the database is away', () => {
  test.each([
    ['it refuses connections', withCode('ECONNREFUSED', { syscall: 'connect' })],
    ['its socket is gone', withCode('ENOENT', { syscall: 'connect' })],
    ['its name cannot be looked up now', withCode('EAI_AGAIN', { syscall: 'getaddrinfo' })],
    ['its connection was reset', withCode('ECONNRESET', { syscall: 'read' })],
    ['it shuts down', withCode('57P01')],
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
