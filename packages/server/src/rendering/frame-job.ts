import type { EncodedFrame, Look, Picture, ValueTransform } from '@symbolon/pixels';

/** What a worker needs to make one picture. `shown`: the size it is made in, in pixels. */
export type FrameJob = {
  readonly frame: EncodedFrame;
  readonly picture: Picture;
  readonly transform: ValueTransform;
  readonly look: Look;
  readonly shown: { readonly width: number; readonly height: number };
  readonly format: 'jpeg' | 'png';
};

export type FramePicture = {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** By which the values were shown; null for colours and tables. */
  readonly window: { readonly center: number; readonly width: number } | null;
};

/** A worker's word: that it has started, a picture, or why there is none (a reason for people, or our bug). */
export type FrameAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'picture'; readonly picture: FramePicture }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'failed'; readonly name: string; readonly code: unknown };
