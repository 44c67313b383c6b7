import type { Cut } from '@symbolon/dicom';
import type { CompressedImage } from './chunks.ts';

/** DICOM JSON attributes (PS3.18 F.2), as kept in sealed cells and manifests. */
export type Attributes = Readonly<Record<string, { readonly vr: string; readonly Value?: readonly unknown[] }>>;

/** One instance of a pack. Units: offsets and lengths in bytes of the pack's opened halves; `bytes` of the file as sent. */
export type ManifestInstance = {
  readonly sopInstanceUid: string;
  readonly transferSyntax: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly identityAt: number;
  readonly identityBytes: number;
  readonly imageAt: number;
  readonly imageBytes: number;
  readonly cuts: readonly Cut[];
  /** How the image half is compressed, where it is; `imageAt` is then where what is stored of it begins. */
  readonly compressed?: CompressedImage | undefined;
  /** What a search for instances answers with. */
  readonly attributes: Attributes;
};

/** What a pack holds, in the order in which its instances were admitted. */
export type Manifest = {
  /** 2 in packs whose image halves may be compressed. */
  readonly version: 1 | 2;
  readonly identityBytes: number;
  /** Of all image halves as they were sent. */
  readonly imageBytes: number;
  readonly instances: readonly ManifestInstance[];
};

export type PacksErrorCode = 'PACK_VERSION_UNKNOWN' | 'PACK_DAMAGED';

/** What is kept does not open, or is not what it should be. Never answered with bytes; always an alarm. */
export class PacksError extends Error {
  override readonly name = 'PacksError';
  readonly code: PacksErrorCode;
  constructor(code: PacksErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
