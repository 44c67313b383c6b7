/** Values longer than this are not copied until the end. */
const copiedBytes = 4096;

/**
 * Collects what is written, and joins it once: `bytes` are held, not copied, so that memory is what was handed in and
 * what comes out. Lengths that are known only later are patched in at the end.
 */
export class ByteSink {
  readonly #chunks: Uint8Array[] = [];
  readonly #patches: { readonly at: number; readonly value: number }[] = [];
  readonly #littleEndian: boolean;
  #open = new Uint8Array(1024);
  #view = new DataView(this.#open.buffer);
  #used = 0;
  #closed = 0;

  constructor(littleEndian: boolean) {
    this.#littleEndian = littleEndian;
  }

  get length(): number {
    return this.#closed + this.#used;
  }

  u8(value: number): void {
    this.#grow(1);
    this.#open[this.#used++] = value;
  }

  u16(value: number): void {
    this.#grow(2);
    this.#view.setUint16(this.#used, value, this.#littleEndian);
    this.#used += 2;
  }

  u32(value: number): void {
    this.#grow(4);
    this.#view.setUint32(this.#used, value, this.#littleEndian);
    this.#used += 4;
  }

  tag(tag: number): void {
    this.u16(tag >>> 16);
    this.u16(tag & 0xffff);
  }

  bytes(bytes: Uint8Array): void {
    if (bytes.length > copiedBytes) {
      this.#close();
      this.#chunks.push(bytes);
      this.#closed += bytes.length;
      return;
    }
    this.#grow(bytes.length);
    this.#open.set(bytes, this.#used);
    this.#used += bytes.length;
  }

  /** Puts a 32-bit number where one was written before. */
  patch(at: number, value: number): void {
    if (at >= this.#closed) this.#view.setUint32(at - this.#closed, value, this.#littleEndian);
    else this.#patches.push({ at, value });
  }

  /** Everything, in an array of its own. */
  joined(): Uint8Array {
    const out = new Uint8Array(this.length);
    let to = 0;
    for (const piece of this.pieces()) {
      out.set(piece, to);
      to += piece.length;
    }
    return out;
  }

  /** Everything in order: long values are the arrays that were handed in. Nothing may be written after it. */
  pieces(): Uint8Array[] {
    this.#close();
    const patches = this.#patches.splice(0).sort((a, b) => a.at - b.at);
    let [from, next] = [0, 0];
    for (const chunk of this.#chunks) {
      // A number that is patched was written here, never handed in, and stands in one chunk.
      for (let patch = patches[next]; patch && patch.at < from + chunk.length; patch = patches[++next])
        new DataView(chunk.buffer, chunk.byteOffset).setUint32(patch.at - from, patch.value, this.#littleEndian);
      from += chunk.length;
    }
    return this.#chunks;
  }

  #grow(bytes: number): void {
    if (this.#used + bytes <= this.#open.length) return;
    const grown = new Uint8Array(Math.max(this.#open.length * 2, this.#used + bytes));
    grown.set(this.#open.subarray(0, this.#used));
    this.#open = grown;
    this.#view = new DataView(grown.buffer);
  }

  #close(): void {
    if (this.#used === 0) return;
    this.#chunks.push(this.#open.slice(0, this.#used));
    this.#closed += this.#used;
    this.#used = 0;
  }
}
