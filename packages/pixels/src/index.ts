/** The door of `@symbolon/pixels`: what other packages may use. */

export { decodeFrame, type EncodedFrame } from './decode/decode.ts';
export type { DecodedFrame } from './decode/decoded-frame.ts';
export { PixelsError, type PixelsErrorCode } from './errors.ts';
export type { ValueReader } from './frames/fragments.ts';
export {
  type FramePlace,
  type FrameTable,
  frameBits,
  framePlace,
  framesWithin,
  frameTable,
} from './frames/frame-table.ts';
export { type PixelElement, pixelElement, pixelElementHeaderBytes, type SampleKind } from './frames/pixel-element.ts';
export { type ImageModel, imageModel, type Picture, pictureOfFrame, representativeFrame } from './model/image-model.ts';
export { type OutputSpace, outputProfile, outputSpaces } from './model/output-profile.ts';
export { type PixelFormat, pixelFormat } from './model/pixel-format.ts';
export { codecOf, isVideo } from './model/transfer-syntaxes.ts';
export { transformOfFrame, type ValueTransform, type Window } from './model/value-transform.ts';
export { fromPlanes, type Prediction, type SampleGrid, sampleGrid, toPlanes } from './planes/sample-planes.ts';
export { fromSrgb } from './render/from-srgb.ts';
export type { Look } from './render/look.ts';
export type { Region } from './render/region.ts';
export { type Raster, render } from './render/render.ts';
export type { ObjectSource } from './transcode/object-source.ts';
export { targetFormat } from './transcode/target-format.ts';
export { type TranscodingTarget, targetNames, transcodingTarget, transcodingTargets } from './transcode/targets.ts';
export { type TranscodedFrame, transcodeFrame } from './transcode/transcode-frame.ts';
export {
  type LateBytes,
  type TranscodingOptions,
  transcodeObject,
} from './transcode/transcode-object.ts';
