import { withCompiled } from '../decode/compiled.ts';

/** What the compiled encoders have in common: a buffer to fill, and one to read. */
type Encoder = {
  getDecodedBuffer(info: EncoderFrame): Uint8Array;
  getEncodedBuffer(): Uint8Array;
  encode(): void;
  delete(): void;
};
type JpegLsEncoder = Encoder & { setNearLossless(near: number): void; setInterleaveMode(mode: number): void };
type Jpeg2000Encoder = Encoder & {
  setQuality(lossless: boolean, layersOrStep: number): void;
  setDecompositions(count: number): void;
  setProgressionOrder(order: number): void;
};
type Htj2kEncoder = Jpeg2000Encoder & {
  setTLMMarker(on: boolean): void;
  setTilePartDivisionsAtResolutions(on: boolean): void;
};

export type EncoderFrame = {
  readonly width: number;
  readonly height: number;
  readonly bitsPerSample: number;
  readonly componentCount: number;
  readonly isSigned: boolean;
  readonly isUsingColorTransform: boolean;
};
export type CompiledEncoder = 'jpeg-ls' | 'jpeg-2000' | 'htj2k' | 'htj2k-rpcl';
type CodecModule = Readonly<Record<string, new () => Encoder>>;

/** The order RPCL of ITU-T T.800 Table A.16, in which resolutions come one after another. */
const byResolution = 2;

const sources: Readonly<
  Record<
    CompiledEncoder,
    { name: string; load: () => Promise<unknown>; set(encoder: Encoder, frame: EncoderFrame): void }
  >
> = {
  'jpeg-ls': {
    name: 'JpegLSEncoder',
    load: () => import('@cornerstonejs/codec-charls/wasmjs'),
    set(encoder, { componentCount }) {
      const jpegLs = encoder as JpegLsEncoder;
      jpegLs.setNearLossless(0);
      // Sample by sample, as they were handed in.
      jpegLs.setInterleaveMode(componentCount === 1 ? 0 : 2);
    },
  },
  'jpeg-2000': {
    name: 'J2KEncoder',
    load: () => import('@cornerstonejs/codec-openjpeg/wasmjs'),
    set(encoder, { width, height }) {
      const jpeg2000 = encoder as Jpeg2000Encoder;
      jpeg2000.setQuality(true, 0);
      // OpenJPEG refuses to halve what is one pixel wide.
      jpeg2000.setDecompositions(Math.min(5, Math.floor(Math.log2(Math.min(width, height)))));
    },
  },
  htj2k: { name: 'HTJ2KEncoder', load: () => import('@cornerstonejs/codec-openjph/wasmjs'), set: setHtj2k },
  'htj2k-rpcl': {
    name: 'HTJ2KEncoder',
    load: () => import('@cornerstonejs/codec-openjph/wasmjs'),
    set(encoder, frame) {
      setHtj2k(encoder, frame);
      const htj2k = encoder as Htj2kEncoder;
      // PS3.5 §A.4.4: the lengths of tile-parts stand in front, and each resolution is one.
      htj2k.setTLMMarker(true);
      htj2k.setTilePartDivisionsAtResolutions(true);
    },
  },
};

/** Halved until the smallest picture has 64 pixels at most, and once at least: unhalved, OpenJPH loses blocks that are all black. */
function setHtj2k(encoder: Encoder, { width, height }: EncoderFrame): void {
  const htj2k = encoder as Htj2kEncoder;
  htj2k.setQuality(true, 0);
  htj2k.setProgressionOrder(byResolution);
  htj2k.setDecompositions(Math.max(1, Math.ceil(Math.log2(Math.max(width, height) / 64))));
}

/** Runs a compiled encoder over one frame; the result is a copy. Throws what the encoder throws. */
export function compress(codec: CompiledEncoder, frame: EncoderFrame, samples: Uint8Array): Promise<Uint8Array> {
  const { name, load, set } = sources[codec];
  return withCompiled(`encode ${codec}`, load, (module: CodecModule) => {
    const encoder = new (module[name] as new () => Encoder)();
    encoder.getDecodedBuffer(frame).set(samples);
    set(encoder, frame);
    encoder.encode();
    // A copy, and of the one type: CharLS shows its memory clamped.
    const bytes = new Uint8Array(encoder.getEncodedBuffer());
    encoder.delete();
    return bytes;
  });
}
