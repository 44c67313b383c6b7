import { PixelsError } from '../errors.ts';

/** Two bits stand for 258 bytes at most: a shorter stream cannot fill the frame, and nothing is allocated for it. */
const mostByOne = 1032;

/**
 * One frame of Deflated Image Frame Compression: raw deflate of the native frame.
 * Cost    stops at `bytes`, whatever the stream would still give. Source: PS3.5 §8.2.16, §A.4.11.
 *
 * @throws PixelsError PIXELS_CODE_STREAM_INVALID
 */
export async function inflateFrame(deflated: Uint8Array, bytes: number): Promise<Uint8Array> {
  if (bytes > deflated.length * mostByOne) throw invalid();
  const frame = new Uint8Array(bytes);
  const inflated = new Blob([deflated as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new DecompressionStream('deflate-raw'));
  let filled = 0;
  const reader = inflated.getReader();
  try {
    while (filled < bytes) {
      const { done, value } = await reader.read();
      if (done) break;
      const piece = value.subarray(0, bytes - filled);
      frame.set(piece, filled);
      filled += piece.length;
    }
  } catch {
    // A fragment may end in a byte of padding, which is no part of the stream: what came before it counts.
  } finally {
    void reader.cancel().catch(() => {});
  }
  if (filled < bytes) throw invalid();
  return frame;
}

const invalid = (): PixelsError =>
  new PixelsError('PIXELS_CODE_STREAM_INVALID', 'The deflated frame is damaged or cut short.');
