import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import pg from 'pg';
import {
  type Exchange,
  type Owner,
  owner,
  type SyntheticFile,
  startExchange,
} from '../../packages/testbed/src/index.ts';

/** A DICOM JSON data set as a foreign client sees it. */
export type Attribute = { vr: string; Value?: unknown[]; BulkDataURI?: string; InlineBinary?: string };
export type Json = Record<string, Attribute>;

export type Answer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Buffer };
type Headers = Readonly<Record<string, string>>;
type Body = Uint8Array | Iterable<Uint8Array>;

export type Site = {
  readonly exchange: Exchange;
  readonly owner: Owner;
  /** One request; `path` is below the exchange's address. `authorization: ''` sends none. */
  send(method: string, path: string, headers?: Headers, body?: Body): Promise<Answer>;
  get(path: string, headers?: Headers): Promise<Answer>;
  /** STOW-RS of whole files in one multipart request, framed in the plainest way. */
  store(files: readonly Pick<SyntheticFile, 'bytes'>[], path?: string): Promise<Answer>;
  search(path: string): Promise<Json[]>;
  /** The request as it stands, for whoever wants to hang up in the middle of it. */
  open(method: string, path: string, headers: Headers, answered: (answer: IncomingMessage) => void): ClientRequest;
  sql<T extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<T[]>;
};

/** A real exchange with its first owner, spoken to over HTTPS as any DICOMweb client would. */
export async function startSite(): Promise<Site> {
  const exchange = await startExchange();
  const first = await owner(exchange);

  const open: Site['open'] = (method, path, headers, answered) => {
    const { authorization = `Bearer ${first.token}`, ...others } = headers;
    const sent = { ...(authorization === '' ? {} : { authorization }), ...others };
    return httpsRequest(`${exchange.url}${path}`, { method, headers: sent, ca: exchange.ca, agent: false }, answered);
  };

  const send: Site['send'] = (method, path, headers = {}, body) =>
    new Promise((done, failed) => {
      const asked = open(method, path, headers, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', failed);
        answer.on('end', () => {
          const whole = Buffer.concat(chunks);
          if (!answer.complete) failed(new Error('the answer was cut short'));
          else done({ status: answer.statusCode ?? 0, headers: answer.headers, body: whole });
        });
      });
      asked.on('error', failed);
      if (body === undefined) asked.end();
      else if (body instanceof Uint8Array) asked.end(body);
      else void writeAll(asked, body).then(() => asked.end());
    });

  const get: Site['get'] = (path, headers) => send('GET', path, headers);

  return {
    exchange,
    owner: first,
    open,
    send,
    get,
    store: (files, path = '/dicomweb/studies') =>
      send('POST', path, { 'content-type': 'multipart/related; type="application/dicom"; boundary=b' }, [
        framed(files, 'b'),
      ]),
    async search(path) {
      const answer = await get(path, { accept: 'application/dicom+json' });
      if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${answer.body}`);
      return JSON.parse(answer.body.toString('utf8')) as Json[];
    },
    async sql(text, values = []) {
      const embedded = { host: `${exchange.dataDir}/postgres/socket`, user: 'symbolon', database: 'postgres' };
      const { databaseUrl } = exchange;
      const client = new pg.Client(databaseUrl === undefined ? embedded : { connectionString: databaseUrl });
      await client.connect();
      try {
        return (await client.query(text, values)).rows;
      } finally {
        await client.end();
      }
    },
  };
}

async function writeAll(asked: ClientRequest, chunks: Iterable<Uint8Array>): Promise<void> {
  for (const chunk of chunks) {
    if (!asked.write(chunk) && !asked.destroyed) {
      await new Promise<void>((next) => {
        const done = (): void => {
          asked.off('drain', done).off('close', done);
          next();
        };
        asked.on('drain', done).on('close', done);
      });
    }
  }
}

/** A multipart body: PS3.18 §8.6.1.2, RFC 2046 §5.1.1. */
export function framed(
  files: readonly Pick<SyntheticFile, 'bytes'>[],
  boundary: string,
  head = 'Content-Type: application/dicom\r\n',
): Buffer {
  const parts = files.flatMap(({ bytes }) => [Buffer.from(`--${boundary}\r\n${head}\r\n`), bytes, Buffer.from('\r\n')]);
  return Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]);
}

export type Part = { readonly headers: Map<string, string>; readonly body: Buffer };

/** The parts of a multipart answer, by another hand than the exchange's own reader. */
export function partsOf(answer: Answer): Part[] {
  const boundary = /boundary="?([^";]+)"?/.exec(answer.headers['content-type'] ?? '')?.[1];
  if (boundary === undefined) throw new Error(`no boundary in ${answer.headers['content-type']}`);
  const whole = Buffer.concat([Buffer.from('\r\n'), answer.body]);
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  const parts: Part[] = [];
  let at = whole.indexOf(delimiter);
  while (at >= 0) {
    const from = at + delimiter.length;
    if (whole.toString('latin1', from, from + 2) === '--') return parts;
    const headEnd = whole.indexOf('\r\n\r\n', from);
    const lines = whole.toString('latin1', from, headEnd).split('\r\n').filter(Boolean);
    const headers = new Map(lines.map((line) => [line.split(':')[0]!.toLowerCase(), line.replace(/^[^:]*:\s*/, '')]));
    // The length that the part declares must lead to the next delimiter, whatever the bytes in between look like.
    const bytes = Number(headers.get('content-length'));
    at = whole.indexOf(delimiter, headEnd + 4 + (Number.isInteger(bytes) ? bytes : 0));
    parts.push({ headers, body: whole.subarray(headEnd + 4, at) });
  }
  throw new Error('the multipart answer has no closing delimiter');
}

export const json = (answer: Answer): Json => JSON.parse(answer.body.toString('utf8')) as Json;

export type StoreAnswer = { referenced: Json[]; failed: Json[]; others: Json[] };

/** The three sequences of the Store Instances Response Module: PS3.18 Table I.1-1. */
export function storeAnswer(answer: Answer): StoreAnswer {
  const body = json(answer);
  const items = (tag: string): Json[] => (body[tag]?.Value ?? []) as Json[];
  return { referenced: items('00081199'), failed: items('00081198'), others: items('0008119A') };
}

/** The first value of an attribute. */
export const value = (item: Json | undefined, tag: string): unknown => item?.[tag]?.Value?.[0];

export const code = (answer: Answer): string => (json(answer) as unknown as { code: string }).code;

export const wado = (file: Pick<SyntheticFile, 'studyInstanceUid' | 'seriesInstanceUid' | 'sopInstanceUid'>): string =>
  `/dicomweb/studies/${file.studyInstanceUid}/series/${file.seriesInstanceUid}/instances/${file.sopInstanceUid}`;
