import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import { join } from 'node:path';
import type { Exchange } from '@symbolon/testbed';

export type Served = { readonly type: string; readonly body: Uint8Array | string; readonly forever?: boolean };
export type AnotherOrigin = { readonly url: string; close(): void };

/** Pages of somebody else, at an address as far from the exchange's as another host is. */
export async function anotherOrigin(
  exchange: Exchange,
  port: number,
  at: (path: string, asked: IncomingMessage) => Promise<Served | undefined>,
): Promise<AnotherOrigin> {
  const key = await readFile(join(exchange.dataDir, 'tls/key.pem'));
  const server = createServer({ cert: exchange.ca, key }, async (asked, answer) => {
    const found = await at(new URL(asked.url ?? '/', 'https://here').pathname, asked);
    if (found === undefined) return void answer.writeHead(404).end();
    if (found.forever) answer.setHeader('cache-control', 'max-age=31536000, immutable');
    answer.setHeader('content-type', found.type).end(found.body);
  });
  await new Promise<void>((done) => server.listen(port, 'localhost', done));
  return {
    url: `https://localhost:${port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
