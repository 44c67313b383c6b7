import { parentPort } from 'node:worker_threads';
import { type DecodedFrame, decodeFrame, PixelsError, render, transcodeFrame } from '@symbolon/pixels';
import { encodePicture } from './encode-picture.ts';
import type { FrameAnswer, FrameJob, TranscodingJob } from './frame-job.ts';
import { shared } from './shared-frame.ts';
import { boundWasmMemory, grownBytes } from './wasm-memory.ts';

/** Of the time that the pool gives to one picture, so much is for decoding and encoding together. Seconds. */
const seconds = 8;
/** Memory that codecs took for one large picture is given back by ending with it. Bytes. */
const wornBytes = 192 * 1024 * 1024;

/** The thread in which foreign pixels are decoded: a hostile stream costs this thread and an error. */
const port = parentPort;
if (!port) throw new Error('this is a worker');
boundWasmMemory();

async function answerTo(job: FrameJob | TranscodingJob): Promise<FrameAnswer> {
  const began = performance.now();
  try {
    if ('target' in job)
      return { kind: 'transcoded', transcoded: await transcodeFrame(job.format, job.frame, job.target) };
    const { source, keep, picture, transform, look, encoding } = job;
    const decoded = await decodedOf(source, keep, picture);
    const raster = render(decoded, picture, transform, look);
    const left = seconds - (performance.now() - began) / 1_000;
    const bytes = await encodePicture(raster, encoding, Math.max(1, Math.floor(left)));
    const window = raster.window && { center: raster.window.center, width: raster.window.width };
    const wanted = keep && source.kind === 'encoded';
    return { kind: 'picture', picture: { bytes, window }, ...(wanted && { decoded }) };
  } catch (error) {
    if (error instanceof PixelsError) return { kind: 'refused', reason: error.message };
    const { name, code } = Object(error) as { name?: string; code?: unknown };
    return { kind: 'failed', name: String(name), code };
  }
}

async function decodedOf(
  source: FrameJob['source'],
  keep: boolean,
  picture: FrameJob['picture'],
): Promise<DecodedFrame> {
  if (source.kind === 'decoded') return source.frame;
  const frame = await decodeFrame(picture.format, source.frame);
  return keep ? shared(frame) : frame;
}

/** What is handed over and not copied: memory that holds nothing else. */
function handedOver(answer: FrameAnswer): ArrayBuffer[] {
  if (answer.kind === 'picture') return [answer.picture.bytes.buffer];
  if (answer.kind !== 'transcoded') return [];
  const { buffer, byteLength } = answer.transcoded.bytes;
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [];
}

port.on('message', (job: FrameJob | TranscodingJob) => {
  void answerTo(job).then((made) => {
    const answer = grownBytes() > wornBytes ? { ...made, worn: true } : made;
    port.postMessage(answer, handedOver(answer));
  });
});
port.postMessage({ kind: 'ready' } satisfies FrameAnswer);
