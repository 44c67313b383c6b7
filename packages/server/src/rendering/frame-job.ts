import type {
  DecodedFrame,
  EncodedFrame,
  Look,
  Picture,
  PixelFormat,
  TranscodedFrame,
  TranscodingTarget,
  ValueTransform,
} from '@symbolon/pixels';

/** What a worker needs to make one picture. `shown`: the size it is made in, in pixels. */
export type FrameJob = {
  /** As it is stored, or as it was decoded before: then it is shared, and nobody writes to it. */
  readonly source:
    | { readonly kind: 'encoded'; readonly frame: EncodedFrame }
    | { readonly kind: 'decoded'; readonly frame: DecodedFrame };
  /** Whether the decoded frame is wanted back, in memory that can be shared. */
  readonly keep: boolean;
  readonly picture: Picture;
  readonly transform: ValueTransform;
  readonly look: Look;
  readonly shown: { readonly width: number; readonly height: number };
  readonly format: 'jpeg' | 'png';
  /** Of a JPEG, from 1 to 100. */
  readonly quality: number;
};

/** One frame that is brought into another transfer syntax without loss. */
export type TranscodingJob = {
  readonly target: TranscodingTarget;
  readonly format: PixelFormat;
  readonly frame: EncodedFrame;
};

export type FramePicture = {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** By which the values were shown; null for colours and tables. */
  readonly window: { readonly center: number; readonly width: number } | null;
};

/** A picture, and the frame as it was decoded for it where it was wanted. */
export type MadePicture = { readonly picture: FramePicture; readonly decoded?: DecodedFrame | undefined };

/** A worker's word: that it has started, a picture, or why there is none (a reason for people, or our bug). */
export type FrameAnswer =
  | { readonly kind: 'ready' }
  | ({ readonly kind: 'picture' } & MadePicture & { readonly worn?: boolean })
  | { readonly kind: 'transcoded'; readonly transcoded: TranscodedFrame; readonly worn?: boolean }
  | { readonly kind: 'refused'; readonly reason: string; readonly worn?: boolean }
  | { readonly kind: 'failed'; readonly name: string; readonly code: unknown; readonly worn?: boolean };
