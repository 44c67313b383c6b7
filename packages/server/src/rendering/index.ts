export { RenderingError } from './errors.ts';
export { decodedBytes, maxFrameBytes } from './image-header.ts';
export { RenderPool } from './render-pool.ts';
export { renderingRoutes } from './rendering.routes.ts';
export { RenderingMemory } from './rendering-memory.ts';
export type { StoredFrames } from './stored-frames.ts';
export { transcodedInWorker, transcodingInWorkers } from './transcode-in-worker.ts';
