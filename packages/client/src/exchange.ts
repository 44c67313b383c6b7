import { problem } from '@symbolon/contract';
import { ClientError, type ClientErrorCode } from './errors.ts';
import { type BodyPart, readAll, type Transport, type TransportAnswer, type TransportRequest } from './transport.ts';

/** The exchange as this client sees it. `url` may carry a path; `token` is an API token. */
export type Exchange = { readonly url: string; readonly token?: string | undefined; readonly transport: Transport };

/** Anything of zod's shape; the contract's schemas are. */
type Schema<T> = { safeParse(value: unknown): { success: true; data: T } | { success: false } };

const maxAnswerBytes = 64 * 1024 * 1024;
const passingStatus: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** One request; the answer is handed over whatever its status. What the transport cannot explain is a broken connection. */
export async function request(
  exchange: Exchange,
  path: string,
  { headers, ...rest }: Partial<TransportRequest> & { readonly method: TransportRequest['method'] },
): Promise<TransportAnswer> {
  const authorization = exchange.token === undefined ? {} : { authorization: `Bearer ${exchange.token}` };
  try {
    const url = exchange.url.replace(/\/+$/, '') + path;
    const answer = await exchange.transport(url, { ...rest, headers: { ...authorization, ...headers } });
    return { ...answer, body: explained(answer.body, rest.signal) };
  } catch (error) {
    throw asClientError(error, rest.signal);
  }
}

async function* explained(body: AsyncIterable<Uint8Array>, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw asClientError(error, signal);
  }
}

function asClientError(error: unknown, signal?: AbortSignal): ClientError {
  if (signal?.aborted) return new ClientError('STOPPED', 'stopped');
  if (error instanceof ClientError) return error;
  return new ClientError('EXCHANGE_OUT_OF_REACH', 'the connection to the exchange broke', { cause: error });
}

/** Reads what a refusing or failing answer says of itself. */
export async function refusal(answer: TransportAnswer): Promise<ClientError> {
  const { status } = answer;
  const text = new TextDecoder().decode(await readAll(answer, maxAnswerBytes));
  const read = problem.safeParse(parseJson(text));
  const told = read.success ? read.data : undefined;
  let code: ClientErrorCode = 'EXCHANGE_ANSWER_STRANGE';
  if (passingStatus.has(status)) code = 'EXCHANGE_UNAVAILABLE';
  else if (status >= 500 && status !== 507) code = 'EXCHANGE_FAILED';
  else if (status >= 400) code = 'EXCHANGE_REFUSED';
  const retryAfterMs = retryAfter(answer.headers.get('retry-after')) ?? asMs(told?.retryAfterSeconds);
  return new ClientError(code, told?.detail ?? `the exchange answered ${status}`, {
    status,
    ...(told === undefined ? {} : { problem: told }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

function asMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}

/** The seconds form only: a date would make our clock a party to it. Source: RFC 9110 §10.2.3. */
function retryAfter(header: string | null): number | undefined {
  return header !== null && /^\d{1,6}$/.test(header.trim()) ? Number(header) * 1000 : undefined;
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function jsonBody(value: unknown): readonly BodyPart[] {
  return [new TextEncoder().encode(JSON.stringify(value))];
}

/** The whole answer as JSON, or the reason why there is none. */
export async function readJson(answer: TransportAnswer): Promise<unknown> {
  return parseJson(new TextDecoder().decode(await readAll(answer, maxAnswerBytes)));
}

type Call<T> = {
  /** Default: POST with a body, GET without. */
  readonly method?: TransportRequest['method'];
  readonly path: string;
  readonly json?: unknown;
  readonly answer: Schema<T>;
  readonly signal?: AbortSignal | undefined;
};

/** One call of the REST API: JSON there or nothing, JSON back, held against the contract. */
export async function call<T>(exchange: Exchange, { method, path, json, answer: schema, signal }: Call<T>): Promise<T> {
  const answer = await request(exchange, path, {
    method: method ?? (json === undefined ? 'GET' : 'POST'),
    headers: { accept: 'application/json', ...(json === undefined ? {} : { 'content-type': 'application/json' }) },
    body: json === undefined ? undefined : jsonBody(json),
    signal,
  });
  if (answer.status < 200 || answer.status > 299) throw await refusal(answer);
  const read = schema.safeParse(await readJson(answer));
  if (read.success) return read.data;
  throw new ClientError('EXCHANGE_ANSWER_STRANGE', 'the exchange answered what this version does not understand');
}
