import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { copyOut } from './copy.ts';
import type { EmbeddedPostgres } from './embedded-postgres.ts';
import { postgresMadeOnce } from './made-once.testing.ts';
import { ownConnection } from './own-connection.ts';

let root: string;
let postgres: EmbeddedPostgres;
let client: pg.Client;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sx-copy-'));
  await chmod(root, 0o711);
  postgres = await postgresMadeOnce(join(root, 'p'));
  await postgres.start();
  client = await ownConnection(postgres.connection);
});
afterAll(async () => {
  await client?.end();
  await postgres?.stop();
  await rm(root, { recursive: true, force: true });
});

/** Which pg's types leave out. */
const stream = () => (client as unknown as { connection: { stream: Readable } }).connection.stream;

const bytesOf = async (pieces: AsyncIterable<Buffer>): Promise<number> => {
  let bytes = 0;
  for await (const piece of pieces) bytes += piece.length;
  return bytes;
};

/** Rows of 1 KiB. */
const rows = (count: number): string => `copy (select repeat('x', 1023) from generate_series(1, ${count})) to stdout`;

test.each([
  ['less than waits at most', 1000],
  ['as much as waits at most', 1024],
  ['a row more, so that its end comes with what makes the server wait', 1025],
  ['some more', 1100],
])(
  'the connection goes on when a reader was slow to take %s',
  async (_, count) => {
    const { pieces, rows: copied } = copyOut(client, rows(count));
    // All that fits has come, before anything is taken.
    await expect.poll(() => copied() > 0 || stream().isPaused()).toBe(true);
    expect(await bytesOf(pieces)).toBe(count * 1024);
    expect(copied()).toBe(count);
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  },
  20_000,
);
