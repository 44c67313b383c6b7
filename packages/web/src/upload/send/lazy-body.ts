import { ClientError, type LazyBytes } from '@symbolon/client';
import type { Source } from '../scan/source.ts';

/** A file as part of a request: opened when it is its turn, and let go right after. */
export class LazyBody implements LazyBytes {
  readonly #source: Source;
  readonly #sha256: string;
  /** It was on its way once, so that it may have arrived though nobody heard of it. */
  tried = false;

  constructor(source: Source, sha256: string) {
    this.#source = source;
    this.#sha256 = sha256;
  }

  get size(): number {
    return this.#source.bytes;
  }

  /** @throws ClientError FILE_CHANGED */
  async blob(): Promise<Blob> {
    try {
      const blob = await this.#source.blob();
      if (blob.size === this.size) {
        this.tried = true;
        return blob;
      }
    } catch (cause) {
      throw this.#changed(cause);
    }
    throw this.#changed();
  }

  /**
   * A request whose file cannot be read fails as one whose connection broke; only reading tells which it was.
   *
   * @throws ClientError FILE_CHANGED
   */
  async check(): Promise<void> {
    try {
      const blob = await this.#source.blob();
      await blob.slice(Math.max(0, blob.size - 1)).arrayBuffer();
    } catch (cause) {
      throw this.#changed(cause);
    }
  }

  stream(): AsyncIterable<Uint8Array> {
    return this.#source.chunks();
  }

  #changed(cause?: unknown): ClientError {
    const message = 'it changed, or can no longer be read, since it was chosen';
    return new ClientError('FILE_CHANGED', message, { sha256: this.#sha256, cause });
  }
}
