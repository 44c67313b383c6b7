import { IntakeError } from '../intake/index.ts';
import type { Holding } from '../platform/byte-budget.ts';

/** A part of bulk data. Without `bytes` it was too much to be held. */
export type Piece = {
  readonly bytes: Uint8Array | undefined;
  readonly nameBytes: number;
  readonly frame: number | undefined;
  readonly contentType: string;
};

/** What is kept of a part beside its bytes, its Content-Location and its Content-Type. Bytes. */
const partBytes = 128;
/** All of that may be this share of what bulk data may be: 100,000 frames have room. */
const shareOfNames = 1 / 4;

/**
 * The parts of bulk data of one request, by the address that metadata names them by.
 *
 * Cost  memory: what waits for its instance, at most `mostBytes`, and a quarter of that for what the parts are called
 */
export class BulkParts {
  readonly #base: string;
  readonly #mostBytes: number;
  readonly #holding: () => Holding;
  readonly #parts = new Map<string, Piece[]>();
  #bytes = 0;
  #nameBytes = 0;

  /** `base` is the address that relative ones are relative to. */
  constructor(base: string, mostBytes: number, holding: () => Holding) {
    this.#base = base;
    this.#mostBytes = mostBytes;
    this.#holding = holding;
  }

  /** One key for an address, however it is written; a frame's address is its pixel data's with `/frames/N` behind it. */
  place(uri: string): { readonly key: string; readonly frame: number | undefined } {
    const href = URL.parse(uri, this.#base)?.href ?? uri;
    const found = /^(.*)\/frames\/(\d{1,9})$/.exec(href);
    return { key: found?.[1] ?? href, frame: found?.[2] === undefined ? undefined : Number(found[2]) };
  }

  has(key: string): boolean {
    return this.#parts.has(key);
  }

  /** In the order in which they came. */
  of(key: string): readonly Piece[] {
    return this.#parts.get(key) ?? [];
  }

  /**
   * Reads a part to its end; too much to be held, it holds nothing.
   *
   * @throws IntakeError REQUEST_TOO_LARGE  what the parts are called is more than may wait
   */
  async add(
    location: string,
    type: string,
    body: AsyncIterable<Uint8Array>,
  ): Promise<Piece & { readonly key: string }> {
    const { key, frame } = this.place(copied(location));
    const contentType = copied(type);
    const nameBytes = partBytes + location.length + key.length + contentType.length;
    this.#nameBytes += nameBytes;
    if (this.#nameBytes > this.#mostBytes * shareOfNames)
      throw new IntakeError(
        'REQUEST_TOO_LARGE',
        'Too many parts of bulk data, or with too long a Content-Location, wait for their instance. Send fewer instances in one request.',
      );
    await this.#holding().take(nameBytes);
    const bytes = await this.#read(body);
    const piece = { bytes, nameBytes, frame, contentType };
    const pieces = this.#parts.get(key);
    if (pieces) pieces.push(piece);
    else this.#parts.set(key, [piece]);
    return { ...piece, key };
  }

  async #read(body: AsyncIterable<Uint8Array>): Promise<Uint8Array | undefined> {
    let own = 0;
    const bytes = await collected(body, this.#holding, (chunk) => {
      if (this.#bytes + chunk > this.#mostBytes) return undefined;
      this.#bytes += chunk;
      own += chunk;
      return chunk;
    });
    if (bytes) return bytes;
    this.#bytes -= own;
    this.#holding().give(own);
    return undefined;
  }

  /** Gives back what the bytes of these hold: no file takes them over. */
  giveBack(keys: Iterable<string>): void {
    for (const key of keys) for (const { bytes } of this.of(key)) this.#holding().give(bytes?.length ?? 0);
  }

  /** Forgets these; their bytes went with a file, or were given back. */
  forget(keys: Iterable<string>): void {
    for (const key of keys) {
      for (const { bytes, nameBytes } of this.of(key)) {
        this.#bytes -= bytes?.length ?? 0;
        this.#nameBytes -= nameBytes;
        this.#holding().give(nameBytes);
      }
      this.#parts.delete(key);
    }
  }

  /** How many nobody has used. */
  get left(): number {
    let left = 0;
    for (const { length } of this.#parts.values()) left += length;
    return left;
  }
}

/** All of a part in memory; `charge` says what a chunk costs, and nothing where it is too much: then the rest is read, and nothing kept. */
export async function collected(
  body: AsyncIterable<Uint8Array>,
  holding: () => Holding,
  charge: (bytes: number) => number | undefined,
): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let tooMuch = false;
  for await (const chunk of body) {
    if (tooMuch) continue;
    const cost = charge(chunk.length);
    if (cost === undefined) {
      tooMuch = true;
      chunks.length = 0;
      continue;
    }
    await holding().take(cost);
    chunks.push(chunk);
  }
  return tooMuch ? undefined : Buffer.concat(chunks);
}

/** A piece of a longer text keeps all of that in memory: here the headers of a part. */
const copied = (text: string): string => Buffer.from(text).toString();
