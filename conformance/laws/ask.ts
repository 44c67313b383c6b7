import type { IncomingHttpHeaders } from 'node:http';
import { type Agent, request } from 'node:https';
import { createSecureContext, type SecureContext } from 'node:tls';

export type Answer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly json: () => unknown;
};

export type Question = {
  readonly method?: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly body?: Uint8Array | string;
  /** Whose connections are used again; without one the question has a connection of its own. */
  readonly agent?: Agent;
};

/** What a certificate is trusted with, made once: to make it took a third of the work of a request. */
const trusting = new Map<string, SecureContext>();
function trustIn(ca: string): SecureContext {
  const made = trusting.get(ca) ?? createSecureContext({ ca });
  trusting.set(ca, made);
  return made;
}

/** What an exchange gave to go on from, by address and certificate: a request then costs both together a sixth less. */
const sessions = new Map<string, Buffer>();

/** One request on a connection which trusts the exchange's certificate and no other. */
export function ask(
  exchange: { readonly url: string; readonly ca: string },
  path: string,
  question: Question = {},
): Promise<Answer> {
  const body = question.json === undefined ? question.body : JSON.stringify(question.json);
  const headers = {
    ...(question.json === undefined ? {} : { 'content-type': 'application/json' }),
    ...(question.token === undefined ? {} : { authorization: `Bearer ${question.token}` }),
    ...question.headers,
  };
  const method = question.method ?? (body === undefined ? 'GET' : 'POST');
  return new Promise((resolve, reject) => {
    const { hostname: host, port } = new URL(exchange.url);
    const hostname = host.replace(/^\[|\]$/g, '');
    // `path` as it is: an address that no URL parser would let through is a thing to try, too.
    const { agent = false } = question;
    // An agent keeps connections by what they were made with, and does not look at a context.
    const from = `${exchange.url} ${exchange.ca}`;
    const session = sessions.get(from);
    const trust =
      agent === false ? { secureContext: trustIn(exchange.ca), ...(session && { session }) } : { ca: exchange.ca };
    const asked = request({ hostname, port, path, method, headers, agent, ...trust }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        const whole = Buffer.concat(chunks);
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: whole,
          json: () => JSON.parse(whole.toString('utf8')),
        });
      });
    });
    asked.setTimeout(60_000, () => asked.destroy(new Error('no answer in 60 s')));
    asked.once('socket', (socket) => socket.on('session', (session: Buffer) => sessions.set(from, session)));
    asked.once('error', reject);
    asked.end(body);
  });
}

/** The body of one STOW-RS request, and its content type. */
export function multipart(files: readonly Uint8Array[]): { body: Buffer; headers: Record<string, string> } {
  const boundary = 'a-boundary-of-the-tests';
  const parts = files.flatMap((file) => [
    Buffer.from(`--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`),
    file,
    Buffer.from('\r\n'),
  ]);
  return {
    body: Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]),
    headers: { 'content-type': `multipart/related; type="application/dicom"; boundary=${boundary}` },
  };
}
