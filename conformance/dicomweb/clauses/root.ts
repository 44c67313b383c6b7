import { request as plainRequest, type RequestOptions } from 'node:http';
import { request as secureRequest } from 'node:https';
import { owner, startExchange } from '../../../packages/testbed/src/index.ts';
import type { Answer } from '../dicomweb-client.ts';

/** A DICOMweb root, whoever serves it. */
export type Root = {
  readonly url: string;
  /** Where it serves WADO-URI. */
  readonly uriUrl: string;
  /** One request; `path` is below the root, or a whole address that the root gave out. */
  ask(path: string, accept?: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  send(method: string, path: string, headers?: Readonly<Record<string, string>>, body?: Uint8Array): Promise<Answer>;
  end(): Promise<void>;
};

/** `Name: value`, as in a request. */
const headerOf = (line: string): readonly [string, string] => {
  const at = line.indexOf(':');
  return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
};

function rootAt(
  url: string,
  uriUrl: string,
  always: Readonly<Record<string, string>>,
  ca: string | undefined,
  end: Root['end'],
): Root {
  const base = url.replace(/\/$/, '');
  const send: Root['send'] = (method, path, headers = {}, body) =>
    new Promise((done, failed) => {
      const address = new URL(/^https?:/.test(path) ? path : base + path);
      const request = address.protocol === 'https:' ? secureRequest : plainRequest;
      const length = body === undefined ? {} : { 'content-length': String(body.length) };
      const options: RequestOptions = { method, headers: { ...always, ...length, ...headers }, agent: false };
      const asked = request(address, { ...options, ...(ca !== undefined && { ca }) }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', failed);
        answer.on('end', () =>
          done({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) }),
        );
      });
      asked.on('error', failed);
      asked.end(body);
    });
  const ask: Root['ask'] = (path, accept, headers = {}) =>
    send('GET', path, { ...(accept !== undefined && { accept }), ...headers });
  return { url: base, uriUrl, ask, send, end };
}

/**
 * The root at `DICOMWEB_URL`, with WADO-URI at `DICOMWEB_URI_URL` (by default below it, at `/wado`) and the header of
 * `DICOMWEB_HEADER` in every request; without it an exchange of our own.
 * A root's certificate that no authority signed is trusted by Node's own NODE_EXTRA_CA_CERTS.
 */
export async function startRoot(): Promise<Root> {
  const { DICOMWEB_URL: url, DICOMWEB_HEADER: header } = process.env;
  const { DICOMWEB_URI_URL: uriUrl = `${url}/wado` } = process.env;
  if (url) return rootAt(url, uriUrl, header ? Object.fromEntries([headerOf(header)]) : {}, undefined, async () => {});
  const exchange = await startExchange();
  const { token } = await owner(exchange);
  const headers = { authorization: `Bearer ${token}` };
  const root = `${exchange.url}/dicomweb`;
  return rootAt(root, `${root}/wado`, headers, exchange.ca as string, () => exchange.dispose());
}
