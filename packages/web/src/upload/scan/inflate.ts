import { joined } from './joined.ts';

const maxInflatedBytes = 64 << 20;

/**
 * Raw inflate (RFC 1951) by the browser, bounded; undefined where it grows too large or nothing comes out. A NUL that
 * makes the length even (PS3.5 §A.5) is rubbish to browsers, so an error behind the data is no error.
 */
export async function inflateRaw(deflated: Uint8Array): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const stream = new Blob([deflated as Uint8Array<ArrayBuffer>]).stream();
  const reader = stream.pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    for (;;) {
      const next = await reader.read();
      if (next.done) break;
      pieces.push(next.value);
      length += next.value.length;
      if (length > maxInflatedBytes) return undefined;
    }
  } catch {
    if (length === 0) return undefined;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
  return joined(pieces, length);
}
