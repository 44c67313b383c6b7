import { Readable } from 'node:stream';
import { type BodyPart, ClientError, type ClientErrorCode, type Transport } from '@symbolon/client';
import type { buildConnector } from 'undici';
import { undici } from './undici.ts';

/** An exchange that says nothing for so long has gone away without a word. */
const silenceMs = 120_000;
const chunkBytes = 1 << 20;

/** HTTP/1.1 over node sockets; bodies go out in order, each part read when it is its turn. */
export function nodeTransport(connector: buildConnector.connector, connections: number): Transport {
  const { Agent, request } = undici();
  const dispatcher = new Agent({
    connect: connector,
    connections,
    pipelining: 1,
    headersTimeout: silenceMs,
    bodyTimeout: silenceMs,
  });
  return async (url, { method, headers, body, signal, onSent }) => {
    try {
      const answer = await request(url, {
        dispatcher,
        method,
        headers,
        body: body === undefined ? null : bodyOf(body, onSent),
        signal: signal ?? null,
      });
      const get = (name: string): string | null => {
        const value = answer.headers[name.toLowerCase()];
        return Array.isArray(value) ? value.join(', ') : (value ?? null);
      };
      return { status: answer.statusCode, headers: { get }, body: explained(answer.body) };
    } catch (error) {
      throw explain(error);
    }
  };
}

function bodyOf(parts: readonly BodyPart[], onSent?: (bytes: number) => void): Uint8Array | Readable {
  const [only] = parts;
  if (parts.length === 1 && only instanceof Uint8Array) return only;
  return Readable.from(chunksOf(parts, onSent), { objectMode: false, highWaterMark: chunkBytes });
}

async function* chunksOf(parts: readonly BodyPart[], onSent?: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    for await (const chunk of part instanceof Uint8Array ? [part] : part.stream()) {
      for (let at = 0; at < chunk.length; at += chunkBytes) {
        const piece = chunk.subarray(at, at + chunkBytes);
        yield piece;
        onSent?.(piece.length);
      }
    }
  }
}

async function* explained(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw explain(error);
  }
}

const notTrusted =
  /^(CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_|HOSTNAME_MISMATCH|ERR_TLS_CERT_)/;

function explain(error: unknown): ClientError {
  if (error instanceof ClientError) return error;
  const code = String((error as { code?: unknown } | null)?.code ?? '');
  const [told, message]: [ClientErrorCode, string] = notTrusted.test(code)
    ? ['EXCHANGE_NOT_TRUSTED', "the exchange's certificate is not trusted here"]
    : code === 'ENOTFOUND'
      ? ['EXCHANGE_NAME_UNKNOWN', 'there is no machine of that name']
      : code === 'EPROTO' || code.startsWith('ERR_SSL_') || code.startsWith('HPE_')
        ? ['EXCHANGE_ANSWER_STRANGE', 'what answers at that address does not speak HTTPS']
        : ['EXCHANGE_OUT_OF_REACH', 'the exchange does not answer'];
  return new ClientError(told, message, { cause: error });
}
