import { type Original, type OriginalsAnswer, originalsAnswer, pathOf, paths } from '@symbolon/contract';
import type { NewHasher } from './digest.ts';
import { ClientError } from './errors.ts';
import { call, type Exchange, refusal, request } from './exchange.ts';

export type Pack = OriginalsAnswer['packs'][number];

/** One page of a study's packs; `after` is the `next` of the page before. */
export function originalsPage(
  exchange: Exchange,
  studyId: string,
  after: string | null,
  signal?: AbortSignal,
): Promise<OriginalsAnswer> {
  const query = after === null ? '' : `?${new URLSearchParams({ after })}`;
  return call(exchange, { path: pathOf(paths.originals, { studyId }) + query, answer: originalsAnswer, signal });
}

/** Cuts a stream of known files, end to end, back into those files. Chunks are views into what came. */
async function* cut(
  body: AsyncIterable<Uint8Array>,
  lengths: readonly number[],
): AsyncGenerator<AsyncGenerator<Uint8Array>> {
  const input = body[Symbol.asyncIterator]();
  let spare: Uint8Array = new Uint8Array();
  let left = 0;

  async function* rest(): AsyncGenerator<Uint8Array> {
    while (left > 0) {
      if (spare.length === 0) {
        const next = await input.next();
        if (next.done) throw new ClientError('EXCHANGE_OUT_OF_REACH', 'the exchange ended a pack before its last byte');
        spare = next.value;
      }
      const piece = spare.subarray(0, left);
      spare = spare.subarray(piece.length);
      left -= piece.length;
      if (piece.length > 0) yield piece;
    }
  }

  try {
    for (const length of lengths) {
      left = length;
      yield rest();
      // What the consumer left is read past, so that the next file begins where it should.
      for await (const _ of rest()) void _;
    }
    if (spare.length > 0 || !(await input.next()).done) {
      throw new ClientError('EXCHANGE_ANSWER_STRANGE', 'the exchange sent more of a pack than it had announced');
    }
  } finally {
    await input.return?.();
  }
}

/** Throws at a file's end when it is not the one that was sent. */
async function* checked(
  bytes: AsyncIterable<Uint8Array>,
  original: Original,
  newHasher: NewHasher,
): AsyncGenerator<Uint8Array> {
  const hasher = newHasher();
  for await (const chunk of bytes) {
    hasher.update(chunk);
    yield chunk;
  }
  if (hasher.hex() !== original.sha256) {
    const { sha256 } = original;
    throw new ClientError('ORIGINAL_DAMAGED', 'a file came back with other bytes than were sent', { sha256 });
  }
}

/**
 * Streams the files of one pack, each checked against its SHA-256.
 *
 * Shape   out: each file of the pack, in order; its bytes must be read to their end before they are believed: only
 *         then has the digest been compared. After ORIGINAL_DAMAGED the next file can still be asked for.
 */
export async function* packFiles(
  exchange: Exchange,
  studyId: string,
  pack: Pack,
  newHasher: NewHasher,
  signal?: AbortSignal,
): AsyncGenerator<{ readonly original: Original; readonly bytes: AsyncIterable<Uint8Array> }> {
  const path = pathOf(paths.packOriginals, { studyId, packId: pack.id });
  const answer = await request(exchange, path, {
    method: 'GET',
    headers: { accept: 'application/octet-stream' },
    signal,
  });
  if (answer.status !== 200) throw await refusal(answer);
  const lengths = pack.instances.map((original) => original.bytes);
  let index = 0;
  for await (const bytes of cut(answer.body, lengths)) {
    const original = pack.instances[index] as Original;
    index += 1;
    yield { original, bytes: checked(bytes, original, newHasher) };
  }
}
