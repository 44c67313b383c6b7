import { ClientError, type Transport, type TransportAnswer, type TransportRequest } from '@symbolon/client';
import { LazyBody } from './lazy-body.ts';

/** Without a byte moving for so long, a connection is taken for dead: a network that vanished says nothing. */
const stallMs = 120_000;
/** Set by the browser itself, which would complain of being told. */
const notOurs: ReadonlySet<string> = new Set(['content-length']);

/** XMLHttpRequest as a transport, since `fetch` does not say how far an upload is. Bodies go by reference, as Blobs. */
export const xhrTransport: Transport = async (url, request) => {
  const { body } = request;
  const parts = body === undefined ? undefined : await Promise.all(body.map(openPart));
  if (request.signal?.aborted) throw new ClientError('STOPPED', 'stopped');
  try {
    return await exchanged(url, request, parts === undefined ? null : new Blob(parts));
  } catch (error) {
    if (!request.signal?.aborted) for (const part of body ?? []) if (part instanceof LazyBody) await part.check();
    throw error;
  }
};

async function openPart(part: NonNullable<TransportRequest['body']>[number]): Promise<Uint8Array<ArrayBuffer> | Blob> {
  if (part instanceof LazyBody) return part.blob();
  if (part instanceof Uint8Array || part instanceof Blob) return part;
  throw new TypeError('a lazy part that is no Blob has no length in a browser');
}

function exchanged(url: string, request: TransportRequest, body: Blob | null): Promise<TransportAnswer> {
  const { method, headers, signal, onSent } = request;
  const { promise, resolve, reject } = Promise.withResolvers<TransportAnswer>();
  const xhr = new XMLHttpRequest();
  let sent = 0;
  let stall: ReturnType<typeof setTimeout> | undefined;
  const moved = () => {
    clearTimeout(stall);
    stall = setTimeout(() => xhr.abort(), stallMs);
  };
  const stop = () => xhr.abort();
  const broke = () => reject(new ClientError('EXCHANGE_OUT_OF_REACH', 'the connection to the exchange broke'));
  xhr.open(method, url);
  xhr.responseType = 'arraybuffer';
  for (const [name, value] of Object.entries(headers)) if (!notOurs.has(name)) xhr.setRequestHeader(name, value);
  xhr.upload.onprogress = ({ loaded }) => {
    moved();
    onSent?.(loaded - sent);
    sent = loaded;
  };
  xhr.onprogress = moved;
  xhr.onerror = broke;
  xhr.onabort = broke;
  xhr.onload = () => {
    const chunk = new Uint8Array(xhr.response as ArrayBuffer);
    resolve({ status: xhr.status, headers: { get: (name) => xhr.getResponseHeader(name) }, body: once(chunk) });
  };
  xhr.onloadend = () => {
    clearTimeout(stall);
    signal?.removeEventListener('abort', stop);
  };
  signal?.addEventListener('abort', stop);
  moved();
  xhr.send(body);
  return promise;
}

async function* once(chunk: Uint8Array): AsyncGenerator<Uint8Array> {
  yield chunk;
}
