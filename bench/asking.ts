import { Agent, request } from 'node:https';

export type Asked = {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A page of our own asks with it. */
  readonly cookie?: string | undefined;
  readonly token?: string | undefined;
  readonly json?: unknown;
  readonly body?: Uint8Array;
  readonly type?: string;
  /** What must be answered; 200 otherwise. */
  readonly status?: number;
};

/** Asks one exchange over connections that stay. */
export type Asking = {
  ask(path: string, asked?: Asked): Promise<Buffer>;
  json<T>(path: string, asked?: Asked): Promise<T>;
};

/** Another answer than the one that was wanted. */
export class Unwanted extends Error {
  readonly status: number;
  constructor(path: string, status: number) {
    super(`${path} answered ${status}`);
    this.status = status;
  }
}

export function asking({ url, ca }: { readonly url: string; readonly ca: string }, connections: number): Asking {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: connections, ca });
  const ask = (path: string, { cookie, token, json, body, type, status = 200, ...asked }: Asked = {}) => {
    const sent = json === undefined ? body : Buffer.from(JSON.stringify(json));
    const headers = {
      ...(cookie !== undefined && { cookie, 'sec-fetch-site': 'same-origin' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(sent !== undefined && { 'content-type': type ?? 'application/json', 'content-length': String(sent.length) }),
      ...asked.headers,
    };
    const method = asked.method ?? (sent === undefined ? 'GET' : 'POST');
    return new Promise<Buffer>((done, failed) => {
      const asking = request({ hostname, port, path, method, headers, agent }, (answer) => {
        const pieces: Buffer[] = [];
        answer.on('data', (piece: Buffer) => pieces.push(piece));
        answer.once('error', failed);
        answer.once('end', () => {
          if (answer.statusCode === status) done(Buffer.concat(pieces));
          else failed(new Unwanted(path, answer.statusCode ?? 0));
        });
      });
      asking.once('error', failed);
      asking.end(sent);
    });
  };
  return { ask, json: async (path, asked) => JSON.parse((await ask(path, asked)).toString('utf8')) };
}
