import {
  createServer as createHttpServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { ScriptedExchange } from '@symbolon/client/scripted-exchange';
import type { Original } from '@symbolon/contract';
import { newHasher } from './exchange/hasher.ts';

const id = '6f1f3c1e-9a53-4b7e-8a52-3a1d6a0f9b11';

type Shelf = readonly { readonly original: Original; readonly bytes: Uint8Array }[];

/** The scripted peer on a real socket, so that connections can really break. */
export class ScriptedServer {
  readonly exchange = new ScriptedExchange(newHasher);
  /** Uploads whose connection is cut after so many bytes of the body, one after another. */
  readonly cutUploadsAt: number[] = [];
  /** Packs whose connection is cut after so many bytes, one after another. */
  readonly cutPacksAt: number[] = [];
  /** Answers of nothing but this, as from a proxy in front of an exchange that is down. */
  badGateways = 0;
  shelf: Shelf = [];
  packRequests = 0;
  readonly #server: Server;

  constructor(tls?: { readonly cert: string; readonly key: string }) {
    const listener: RequestListener = (request, response) => {
      this.#serve(request, response).catch(() => response.destroy());
    };
    this.#server = tls === undefined ? createHttpServer(listener) : createHttpsServer(tls, listener);
  }

  async listen(port = 0): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').split('?')[0] ?? '';
    if (this.badGateways > 0) {
      this.badGateways -= 1;
      response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad Gateway</h1>');
      return;
    }
    if (path.startsWith('/api/v1/studies')) return this.#originals(path, response);
    const cutAt = path.startsWith('/dicomweb') ? this.cutUploadsAt.shift() : undefined;
    const answer = await this.exchange.answer({
      method: request.method ?? 'GET',
      path,
      headers: { get: (name) => (request.headers[name] as string | undefined) ?? null },
      body: cutAt === undefined ? request : cut(request, cutAt),
    });
    if (answer === 'break') return void response.destroy();
    response.writeHead(answer.status, answer.headers).end(answer.body);
  }

  async #originals(path: string, response: ServerResponse): Promise<void> {
    const send = (value: unknown) =>
      void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    const bytes = this.shelf.reduce((sum, file) => sum + file.original.bytes, 0);
    if (path.endsWith('/find'))
      return send({ studies: [{ id, seriesCount: 1, instanceCount: this.shelf.length, bytes }] });
    if (path.endsWith('/originals'))
      return send({ packs: [{ id, instances: this.shelf.map((file) => file.original) }], next: null });
    this.packRequests += 1;
    const whole = Buffer.concat(this.shelf.map((file) => file.bytes));
    const cutAt = this.cutPacksAt.shift();
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': whole.length });
    if (cutAt === undefined) return void response.end(whole);
    response.write(whole.subarray(0, cutAt), () => setTimeout(() => response.destroy(), 50));
  }
}

async function* cut(body: AsyncIterable<Uint8Array>, after: number): AsyncGenerator<Uint8Array> {
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > after) throw new Error('cut');
    yield chunk;
  }
}
