import type {
  DecodedFrame,
  EncodedFrame,
  Look,
  OutputSpace,
  Picture,
  PixelFormat,
  TranscodedFrame,
  TranscodingTarget,
  ValueTransform,
} from '@symbolon/pixels';

export const pictureFormats = ['jpeg', 'png', 'gif'] as const;
export type PictureFormat = (typeof pictureFormats)[number];

/** Lines that are written into the corners at the left. */
export type Captions = { readonly top: readonly string[]; readonly bottom: readonly string[] };

/** What becomes of the levels of a picture. `shown`: the size it is made in, in pixels. */
export type Encoding = {
  readonly shown: { readonly width: number; readonly height: number };
  readonly format: PictureFormat;
  /** Of a JPEG, from 1 to 100. */
  readonly quality: number;
  /** Turned over, left for right and upper for lower side. */
  readonly flip?: { readonly across: boolean; readonly down: boolean } | undefined;
  /** In which space its colours are, and whose profile it carries; that of sRGB without one where none is given. Grey has neither. */
  readonly space?: OutputSpace | undefined;
  readonly captions?: Captions | undefined;
};

/** What a worker needs to make one picture. */
export type FrameJob = {
  /** As it is stored, or as it was decoded before: then it is shared, and nobody writes to it. */
  readonly source:
    | { readonly kind: 'encoded'; readonly frame: EncodedFrame }
    | { readonly kind: 'decoded'; readonly frame: DecodedFrame };
  /** Whether the decoded frame is wanted back, in memory that can be shared. */
  readonly keep: boolean;
  /** Whether it is made without a worker: by `isLight`. */
  readonly isLight: boolean;
  readonly picture: Picture;
  readonly transform: ValueTransform;
  readonly look: Look;
  readonly encoding: Encoding;
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
