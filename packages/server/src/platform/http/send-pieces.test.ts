import { once } from 'node:events';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import { afterEach, expect, test } from 'vitest';
import { sendPieces } from './send-pieces.ts';

const app = () => fastify({ forceCloseConnections: true });
let server: ReturnType<typeof app>;
afterEach(() => server.close());

/** Serves what `pieces` gives; resolves with the port. */
async function serve(pieces: (hungUp: Promise<unknown>) => AsyncGenerator<Uint8Array>): Promise<number> {
  server = app();
  server.get('/', (asked, reply) => sendPieces(asked, reply, {}, pieces(once(reply.raw, 'close'))));
  await server.listen({ port: 0, host: '127.0.0.1' });
  return (server.server.address() as AddressInfo).port;
}

test('whoever hangs up while the first pieces are made ends what makes them', async () => {
  const [begun, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<string>()];
  const port = await serve(async function* (hungUp) {
    try {
      begun.resolve();
      await hungUp;
      for (;;) yield new Uint8Array(1024 * 1024);
    } finally {
      ended.resolve('ended');
    }
  });
  const asked = request({ port, host: '127.0.0.1' }).on('error', () => {});
  asked.end();
  await begun.promise;
  asked.destroy();
  expect(await ended.promise).toBe('ended');
});

test('whoever hangs up in the middle ends it, too', async () => {
  const ended = Promise.withResolvers<string>();
  const port = await serve(async function* () {
    try {
      for (;;) yield new Uint8Array(1024 * 1024);
    } finally {
      ended.resolve('ended');
    }
  });
  const asked = request({ port, host: '127.0.0.1' }, (answer) => answer.once('data', () => asked.destroy()));
  asked.on('error', () => {}).end();
  expect(await ended.promise).toBe('ended');
});
