/** The door of `@symbolon/pixels`: what other packages may use. */

export { decodeFrame, type EncodedFrame } from './decode.ts';
export type { DecodedFrame } from './decoded-frame.ts';
export { PixelsError, type PixelsErrorCode } from './errors.ts';
export type { ValueReader } from './fragments.ts';
export { type FramePlace, type FrameTable, frameBits, framePlace, framesWithin, frameTable } from './frame-table.ts';
export type { Look } from './grey.ts';
export { type ImageModel, imageModel, type Picture, type PixelFormat } from './image-model.ts';
export { type PixelElement, pixelElement, pixelElementHeaderBytes, type SampleKind } from './pixel-element.ts';
export { type Raster, render } from './render.ts';
export { fromPlanes, type Prediction, type SampleGrid, sampleGrid, toPlanes } from './sample-planes.ts';
export { codecOf } from './transfer-syntaxes.ts';
export { transformOfFrame, type ValueTransform, type Window } from './value-transform.ts';
