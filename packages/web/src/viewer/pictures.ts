type Options<T> = {
  readonly maxBytes: number;
  bytesOf(picture: T): number;
  /** Called once for each picture that leaves: bitmaps hold memory until they are closed. */
  drop(picture: T): void;
};

/** Decoded pictures, bounded by bytes; what was used longest ago leaves first. */
export class Pictures<T> {
  readonly #options: Options<T>;
  /** A Map keeps the order of insertion: the first entry is the one used longest ago. */
  readonly #pictures = new Map<string, T>();
  #bytes = 0;

  constructor(options: Options<T>) {
    this.#options = options;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get maxBytes(): number {
    return this.#options.maxBytes;
  }

  get count(): number {
    return this.#pictures.size;
  }

  has(key: string): boolean {
    return this.#pictures.has(key);
  }

  /** The picture, which thereby becomes the one used last. */
  get(key: string): T | undefined {
    const picture = this.#pictures.get(key);
    if (picture === undefined) return undefined;
    this.#pictures.delete(key);
    this.#pictures.set(key, picture);
    return picture;
  }

  set(key: string, picture: T): void {
    this.delete(key);
    this.#pictures.set(key, picture);
    this.#bytes += this.#options.bytesOf(picture);
    for (const [oldest] of this.#pictures) {
      // One alone may be larger than the bound: it is what is looked at.
      if (this.#bytes <= this.#options.maxBytes || oldest === key) break;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    const picture = this.#pictures.get(key);
    if (picture === undefined) return;
    this.#pictures.delete(key);
    this.#bytes -= this.#options.bytesOf(picture);
    this.#options.drop(picture);
  }

  /** Everything that is not wanted any more leaves. */
  keep(wanted: (key: string) => boolean): void {
    for (const key of [...this.#pictures.keys()]) if (!wanted(key)) this.delete(key);
  }

  clear(): void {
    this.keep(() => false);
  }
}
