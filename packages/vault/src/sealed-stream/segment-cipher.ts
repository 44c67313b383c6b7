import { joined } from '../bytes.ts';
import { VaultError } from '../errors.ts';
import { isLater, type MaybePromise, type Primitives } from '../primitives.ts';

const noAdditional = new Uint8Array(0);

/** A segment in more pieces is joined first: each costs a call of 1 µs, a sixteenth of what the copy of 64 KiB does. */
const mostPieces = 8;

const asOne = (pieces: readonly Uint8Array[]): Uint8Array => (pieces.length === 1 ? pieces[0]! : joined(...pieces));

/**
 * Seals and opens the segments of one stream, by index.
 *
 * Law     A nonce is prefix (7 bytes) ‖ index (4) ‖ last flag (1). A writer seals an index once.
 * Source  docs/formats/sealed-stream.md, "Algorithm".
 */
export class SegmentCipher {
  readonly #p: Primitives;
  readonly #key: Uint8Array;
  readonly #noncePrefix: Uint8Array;

  constructor(p: Primitives, key: Uint8Array, noncePrefix: Uint8Array) {
    this.#p = p;
    this.#key = key;
    this.#noncePrefix = noncePrefix;
  }

  /**
   * Seals one segment and adds its pieces to `pieces`. A promise only if the primitive gave one: a stream is thousands
   * of segments of 20 µs, and a caller that need not wait does not pay for waiting.
   */
  seal(index: number, last: boolean, plain: readonly Uint8Array[], pieces: Uint8Array[]): MaybePromise<void> {
    const nonce = this.#nonce(index, last);
    if (this.#p.sealDetached === undefined) {
      const sealed = this.#p.seal(this.#key, nonce, noAdditional, asOne(plain));
      if (!isLater(sealed)) return void pieces.push(sealed);
      return sealed.then((segment) => void pieces.push(segment));
    }
    const fewer = plain.length > mostPieces ? [joined(...plain)] : plain;
    const sealed = this.#p.sealDetached(this.#key, nonce, noAdditional, fewer);
    if (!isLater(sealed)) return void pieces.push(...sealed.ciphertext, sealed.tag);
    return sealed.then(({ ciphertext, tag }) => void pieces.push(...ciphertext, tag));
  }

  /**
   * Opens one segment, which begins at `at`; here too a promise only if the primitive gave one.
   *
   * @throws VaultError VAULT_TAG_MISMATCH    changed, moved, or sealed for another index
   * @throws VaultError VAULT_TRUNCATED       whole, but not the stream's last
   * @throws VaultError VAULT_TRAILING_BYTES  whole, but the stream's last
   */
  open(index: number, last: boolean, sealed: Uint8Array, at: number): MaybePromise<Uint8Array> {
    try {
      const plain = this.#open(index, last, sealed);
      if (!isLater(plain)) return plain;
      return plain.catch((cause) => this.#refuse(index, last, sealed, at, cause));
    } catch (cause) {
      return this.#refuse(index, last, sealed, at, cause);
    }
  }

  async #refuse(index: number, last: boolean, sealed: Uint8Array, at: number, cause: unknown): Promise<never> {
    if (!(await this.#opens(index, !last, sealed))) {
      throw new VaultError('VAULT_TAG_MISMATCH', `segment ${index} does not open`, { at, cause });
    }
    if (last) throw new VaultError('VAULT_TRUNCATED', `segment ${index} is not the last`, { at, cause });
    throw new VaultError('VAULT_TRAILING_BYTES', `segment ${index} is the last, yet more follows`, { at, cause });
  }

  #open(index: number, last: boolean, sealed: Uint8Array): MaybePromise<Uint8Array> {
    return this.#p.open(this.#key, this.#nonce(index, last), noAdditional, sealed);
  }

  async #opens(index: number, last: boolean, sealed: Uint8Array): Promise<boolean> {
    try {
      await this.#open(index, last, sealed);
      return true;
    } catch {
      return false;
    }
  }

  #nonce(index: number, last: boolean): Uint8Array {
    const nonce = new Uint8Array(12);
    nonce.set(this.#noncePrefix, 0);
    nonce[7] = index >>> 24;
    nonce[8] = index >>> 16;
    nonce[9] = index >>> 8;
    nonce[10] = index;
    nonce[11] = last ? 1 : 0;
    return nonce;
  }
}
