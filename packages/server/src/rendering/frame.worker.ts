import { parentPort } from 'node:worker_threads';
import { decodeFrame, PixelsError, render } from '@symbolon/pixels';
import { encodePicture } from './encode-picture.ts';
import type { FrameAnswer, FrameJob } from './frame-job.ts';

/** Of the time that the pool gives to one picture, so much is for decoding and encoding together. Seconds. */
const seconds = 8;

/** The thread in which foreign pixels are decoded: a hostile stream costs this thread and an error. */
const port = parentPort;
if (!port) throw new Error('this is a worker');

async function answerTo({ frame, picture, transform, look, shown, format }: FrameJob): Promise<FrameAnswer> {
  const began = performance.now();
  try {
    const raster = render(await decodeFrame(picture.format, frame), picture, transform, look);
    const left = seconds - (performance.now() - began) / 1_000;
    const bytes = await encodePicture(raster, shown, format, Math.max(1, Math.floor(left)));
    const window = raster.window && { center: raster.window.center, width: raster.window.width };
    return { kind: 'picture', picture: { bytes, window } };
  } catch (error) {
    if (error instanceof PixelsError) return { kind: 'refused', reason: error.message };
    const { name, code } = Object(error) as { name?: string; code?: unknown };
    return { kind: 'failed', name: String(name), code };
  }
}

port.on('message', (job: FrameJob) => {
  void answerTo(job).then((answer) =>
    port.postMessage(answer, answer.kind === 'picture' ? [answer.picture.bytes.buffer] : []),
  );
});
port.postMessage({ kind: 'ready' } satisfies FrameAnswer);
