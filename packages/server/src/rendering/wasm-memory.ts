/** Compiled codecs in this thread may have so many bytes together, whatever a code stream says that it needs. */
const mostBytes = 1024 * 1024 * 1024;
const pageBytes = 65_536;

const grown = new Set<WeakRef<WebAssembly.Memory>>();

/** What compiled codecs hold in this thread beyond what they start with. It never shrinks: only the end of the thread gives it back. */
export function grownBytes(): number {
  let bytes = 0;
  for (const ref of grown) {
    const memory = ref.deref();
    if (memory === undefined) grown.delete(ref);
    else bytes += memory.buffer.byteLength;
  }
  return bytes;
}

/**
 * Bounds the memory of WebAssembly in this thread, which the resource limits of a worker do not count. To a codec, being
 * refused is as if the machine had no more: it says so, or ends with an error.
 */
export function boundWasmMemory(most = mostBytes): void {
  const { grow } = WebAssembly.Memory.prototype;
  const known = new WeakSet<WebAssembly.Memory>();
  WebAssembly.Memory.prototype.grow = function (pages) {
    const before = known.has(this) ? 0 : this.buffer.byteLength;
    if (grownBytes() + before + pages * pageBytes > most)
      throw new RangeError('a codec wants more memory than it may have');
    const was = grow.call(this, pages);
    if (!known.has(this)) {
      known.add(this);
      grown.add(new WeakRef(this));
    }
    return was;
  };
}
