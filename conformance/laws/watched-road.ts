import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer, request } from 'node:https';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { Exchange } from '@symbolon/testbed';

/** An instance that the exchange said yes to, and when its answer had come whole. */
export type Acknowledged = { readonly sha256: string; readonly at: number };

export type WatchedRoad = {
  readonly url: string;
  readonly acknowledged: Acknowledged[];
  /** Status and problem code of every refusal seen. */
  readonly problems: { readonly status: number; readonly code: string }[];
  /** When the first instances of this sending came by; set back by `clear`. */
  firstAt: number | undefined;
  /** Closed, it turns everybody away as a machine does on which nothing listens. */
  open: boolean;
  clear(): void;
  close(): Promise<void>;
};

/**
 * A road to the exchange on which a test sees every answer: it ends TLS with the exchange's own certificate, passes
 * everything on as it comes, and notes which instances were acknowledged. An acknowledgement that did not come out
 * whole counts as none.
 *
 * `answerDelayMs` is the line's own time, as over a distance; it makes a sending of small files last long enough for
 * something to happen in its midst.
 */
export async function watchedRoad(exchange: Exchange, { answerDelayMs = 0 } = {}): Promise<WatchedRoad> {
  const target = new URL(exchange.url);
  const sockets = new Set<Duplex>();
  const server = createServer({
    cert: readFileSync(join(exchange.dataDir, 'tls/certificate.pem')),
    key: readFileSync(join(exchange.dataDir, 'tls/key.pem')),
  });
  server.on('connection', (socket) => {
    if (!road.open) socket.destroy();
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('request', (asked, answer) => {
    if (!road.open) return asked.socket.destroy();
    if (asked.url?.startsWith('/dicomweb/studies')) road.firstAt ??= performance.now();
    const { method, url: path, headers } = asked;
    const onward = request({
      hostname: target.hostname,
      port: target.port,
      ca: exchange.ca,
      agent: false,
      method,
      path,
      headers,
    });
    const lost = () => asked.socket.destroy();
    onward.once('error', lost);
    onward.once('response', (response) => {
      void passBack(response, path ?? '').catch(lost);
    });
    asked.once('close', () => asked.complete || onward.destroy());
    asked.pipe(onward);

    async function passBack(response: IncomingMessage, from: string): Promise<unknown> {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      if (!response.complete) return lost();
      const body = Buffer.concat(chunks);
      note(from, response.statusCode ?? 0, body);
      if (from.startsWith('/dicomweb') && answerDelayMs > 0) await pause(answerDelayMs);
      if (!road.open) return lost();
      // Answered before the request had been sent whole: nobody waits for its rest.
      if (!asked.complete) onward.destroy();
      return answer.writeHead(response.statusCode ?? 502, response.headers).end(body);
    }
  });

  function note(path: string, status: number, body: Buffer): void {
    if (status >= 400 && status !== 409) road.problems.push({ status, code: JSON.parse(body.toString()).code });
    if (!path.startsWith('/dicomweb/studies') || ![200, 202].includes(status)) return;
    const at = performance.now();
    // Referenced SOP Sequence: what was taken. The digest stands beside each instance, in a private block of the exchange's.
    for (const item of JSON.parse(body.toString())['00081199']?.Value ?? []) {
      road.acknowledged.push({ sha256: item['00091001'].Value[0], at });
    }
  }

  const road: WatchedRoad = {
    url: '',
    acknowledged: [],
    problems: [],
    firstAt: undefined,
    open: true,
    clear() {
      road.acknowledged.length = 0;
      road.problems.length = 0;
      road.firstAt = undefined;
    },
    async close() {
      const closed = new Promise((done) => server.close(done));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  return Object.assign(road, { url: `https://127.0.0.1:${port}` });
}
