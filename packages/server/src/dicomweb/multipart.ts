import { randomBytes } from 'node:crypto';
import { shortPieces } from '../platform/http/short-pieces.ts';

/** One part of an answer; `bytes` where its length is known before it is made. */
export type OutgoingPart = {
  readonly type: string;
  readonly location?: string | undefined;
  readonly bytes?: number | undefined;
  pieces(): AsyncIterable<Uint8Array>;
};

export type Multipart = { readonly type: string; readonly body: AsyncGenerator<Uint8Array> };

/** A multipart/related body: PS3.18 §8.6.1.2, RFC 2387. `of`: the type of its parts. */
export function multipart(of: string, parts: AsyncIterable<OutgoingPart>): Multipart {
  const boundary = randomBytes(16).toString('hex');
  return { type: `multipart/related; type="${of}"; boundary=${boundary}`, body: bodyOf(parts, boundary) };
}

async function* bodyOf(parts: AsyncIterable<OutgoingPart>, boundary: string): AsyncGenerator<Uint8Array> {
  for await (const { type, location, bytes, pieces } of parts) {
    const made = pieces()[Symbol.asyncIterator]();
    try {
      // Before its head goes out: where the first part cannot be read, that is still an answer of its own.
      let next = await made.next();
      const where = location === undefined ? '' : `Content-Location: ${location}\r\n`;
      const length = bytes === undefined ? '' : `Content-Length: ${bytes}\r\n`;
      yield Buffer.from(`\r\n--${boundary}\r\nContent-Type: ${type}\r\n${where}${length}\r\n`);
      for (; !next.done; next = await made.next()) yield* shortPieces(next.value);
    } finally {
      await made.return?.();
    }
  }
  yield Buffer.from(`\r\n--${boundary}--\r\n`);
}
