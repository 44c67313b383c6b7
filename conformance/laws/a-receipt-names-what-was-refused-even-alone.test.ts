import { dirname, join } from 'node:path';
import { brokenFiles, cli, type Exchange, type Owner, owner, startExchange } from '@symbolon/testbed';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { folderOf, readReceipt, send } from './folder-of.ts';

let exchange: Exchange;
let me: Owner;
beforeAll(async () => {
  exchange = await startExchange();
  me = await owner(exchange);
});
afterAll(() => exchange?.dispose());

test('a folder of which nothing can be taken ends with a signed receipt that names each file and why, and exit code 3', async () => {
  const root = dirname(exchange.dataDir);
  const folder = join(root, 'broken');
  // A wrong length of the meta group is accepted with a warning: every reader walks that group element by element.
  const broken = brokenFiles(77).filter(({ name }) => !name.startsWith('meta group length'));
  await folderOf(folder, broken);
  const file = join(root, 'receipt.json');
  const sent = await send(exchange, me, folder, file);
  expect(sent.code).toBe(3);
  const { contents } = await readReceipt(file);
  expect(contents.taken).toEqual([]);
  expect(contents.refused.length).toBeGreaterThanOrEqual(20);
  for (const { path, code, reason } of contents.refused) {
    expect(path).not.toBe('');
    expect(code).toMatch(/^[A-Z_]+$/);
    expect(reason).not.toBe('');
  }
  const key = join(root, 'key.pem');
  await cli(['receipt', 'key', '--to', exchange.url, '--out', key], { exchange });
  expect(await cli(['receipt', 'verify', file, '--key', key], { exchange })).toMatchObject({ code: 0 });
});
