import { join } from 'node:path';
import { checkoutRoot, cli, type Exchange, freePort, owner, startExchange } from '@symbolon/testbed';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from '../laws/ask.ts';
import { freshPlace, runProgram } from './run-program.ts';

let exchange: Exchange;
beforeAll(async () => {
  exchange = await startExchange();
});
afterAll(() => exchange?.dispose());

test('a second exchange on the same data is refused with the reason, and the first goes on serving', async () => {
  const { token } = await owner(exchange);
  const second = await cli(['serve'], { exchange, env: { SYMBOLON_LISTEN: `127.0.0.1:${await freePort()}` } });
  expect(second.code).toBe(1);
  expect(second.stderr).toContain(
    `${exchange.dataDir} is in use by another exchange (process ${exchange.process.pid})`,
  );
  expect(second.stderr).toContain('Stop that one, or set SYMBOLON_DATA to another folder.');
  expect(exchange.process.exitCode).toBeNull();
  expect((await ask(exchange, '/readyz')).status).toBe(200);
  expect((await ask(exchange, '/api/v1/me', { token })).status).toBe(200);
});

test('two that start at the same moment on fresh data: one serves, the other is refused', async () => {
  const place = await freshPlace();
  try {
    const start = async () =>
      runProgram(process.execPath, [join(checkoutRoot, 'packages/cli/bin/symbolon.mjs'), 'serve'], {
        cwd: place.root,
        env: { ...place.env, SYMBOLON_LISTEN: `127.0.0.1:${await freePort()}` },
      });
    const both = await Promise.all([start(), start()]);
    const first = await Promise.race(both.map(async (program) => ({ program, code: await program.ended })));
    expect({ code: first.code, output: first.program.output() }).toEqual({
      code: 1,
      output: expect.stringContaining('is in use by another exchange'),
    });
    const serving = both.find((program) => program !== first.program)!;
    await serving.said('Ctrl-C stops the exchange.');
    serving.process.kill('SIGTERM');
    expect(await serving.ended).toBe(0);
  } finally {
    await place.remove();
  }
});
