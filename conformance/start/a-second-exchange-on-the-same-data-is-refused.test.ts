import { cli, type Exchange, owner, startExchange } from '@symbolon/testbed';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from '../laws/ask.ts';
import { freePort } from './run-program.ts';

let exchange: Exchange;
beforeAll(async () => {
  exchange = await startExchange();
});
afterAll(() => exchange?.dispose());

test('a second exchange on the same data is refused with the reason, and the first goes on serving', async () => {
  const { token } = await owner(exchange);
  const second = await cli(['serve'], { exchange, env: { SYMBOLON_LISTEN: `127.0.0.1:${await freePort()}` } });
  expect(second.code).toBe(1);
  expect(second.stderr).toContain(`${exchange.dataDir} is in use by another exchange (process ${exchange.process.pid})`);
  expect(second.stderr).toContain('Stop that one, or set SYMBOLON_DATA to another folder.');
  expect(exchange.process.exitCode).toBeNull();
  expect((await ask(exchange, '/readyz')).status).toBe(200);
  expect((await ask(exchange, '/api/v1/me', { token })).status).toBe(200);
});

test('two that start at the same moment on fresh data: one serves, the other is refused', async () => {
  const [first, second] = await Promise.allSettled([
    startExchange({ env: { SYMBOLON_DATA: `${exchange.dataDir}-2`, SYMBOLON_KEYS: `${exchange.keysDir}-2` } }),
    startExchange({ env: { SYMBOLON_DATA: `${exchange.dataDir}-2`, SYMBOLON_KEYS: `${exchange.keysDir}-2` } }),
  ]);
  for (const result of [first, second]) if (result.status === 'fulfilled') await result.value.dispose();
  expect([first.status, second.status].sort()).toEqual(['fulfilled', 'rejected']);
  const refused = [first, second].find((result) => result.status === 'rejected') as PromiseRejectedResult;
  expect(String(refused.reason)).toContain('is in use by another exchange');
});
