import { ClientError } from './errors.ts';

/** Bytes that are read when it is their turn, and can be read again. A `Blob` or `File` is one. Units: bytes. */
export type LazyBytes = {
  readonly size: number;
  stream(): ReadableStream<Uint8Array<ArrayBuffer>> | AsyncIterable<Uint8Array>;
};
export type BodyPart = Uint8Array<ArrayBuffer> | LazyBytes;

export type TransportRequest = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  /** Sent one after another, with their total as Content-Length. */
  readonly body?: readonly BodyPart[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with the bytes that the connection has accepted, as it accepts them. */
  readonly onSent?: ((bytes: number) => void) | undefined;
};

export type TransportAnswer = {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: AsyncIterable<Uint8Array>;
};

/**
 * One exchange of a request for an answer; shaped after `fetch`. Throws `ClientError` where it knows the reason;
 * anything else that it throws counts as a connection that broke.
 */
export type Transport = (url: string, request: TransportRequest) => Promise<TransportAnswer>;

export function sizeOf(part: BodyPart): number {
  return part instanceof Uint8Array ? part.length : part.size;
}

async function* chunksOf(stream: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array> {
  if (stream === null) return;
  // Not every browser can iterate a stream.
  const reader = stream.getReader();
  let ended = false;
  try {
    for (;;) {
      const next = await reader.read();
      ended = next.done;
      if (next.done) return;
      yield next.value;
    }
  } finally {
    if (!ended) await reader.cancel().catch(() => undefined);
  }
}

/** The browser's own `fetch` as a transport; lazy parts must be Blobs, since only those travel with a length. */
export function fetchTransport(fetch: typeof globalThis.fetch): Transport {
  return async (url, { method, headers, body, signal }) => {
    if (body?.some((part) => !(part instanceof Uint8Array || part instanceof Blob))) {
      throw new TypeError('a lazy part that is not a Blob needs another transport than fetch');
    }
    const answer = await fetch(url, {
      method,
      headers,
      body: body === undefined ? null : new Blob(body as (Uint8Array<ArrayBuffer> | Blob)[]),
      signal: signal ?? null,
      cache: 'no-store',
      redirect: 'error',
    });
    return { status: answer.status, headers: answer.headers, body: chunksOf(answer.body) };
  };
}

/** The answer's body as a whole. Units: `maxBytes` in bytes; an answer that is longer is not one of ours. */
export async function readAll(answer: TransportAnswer, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of answer.body) {
    length += chunk.length;
    if (length > maxBytes)
      throw new ClientError('EXCHANGE_ANSWER_STRANGE', `an answer is longer than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
