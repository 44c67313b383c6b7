import { withCompiled } from './compiled.ts';

/** What the compiled codecs have in common: a decoder object with a buffer to fill, and one to read. */
type Decoder = {
  getEncodedBuffer(bytes: number): Uint8Array;
  getDecodedBuffer(): Uint8Array;
  decode(): void;
  getFrameInfo(): FrameInfo;
  getInterleaveMode?(): number;
  delete(): void;
};
export type FrameInfo = {
  readonly width: number;
  readonly height: number;
  readonly bitsPerSample: number;
  readonly componentCount: number;
  readonly isSigned?: boolean;
};
type CodecModule = Readonly<Record<string, new () => Decoder>>;

export type CompiledCodec = 'jpeg' | 'jpeg-ls' | 'jpeg-2000' | 'htj2k';

const sources: Readonly<Record<CompiledCodec, { decoder: string; load: () => Promise<unknown> }>> = {
  jpeg: { decoder: 'JPEGDecoder', load: () => import('@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs') },
  'jpeg-ls': { decoder: 'JpegLSDecoder', load: () => import('@cornerstonejs/codec-charls/decodewasmjs') },
  'jpeg-2000': { decoder: 'J2KDecoder', load: () => import('@cornerstonejs/codec-openjpeg/decodewasmjs') },
  htj2k: { decoder: 'HTJ2KDecoder', load: () => import('@cornerstonejs/codec-openjph/wasmjs') },
};

export type Decompressed = { readonly bytes: Uint8Array; readonly info: FrameInfo; readonly interleave: number };

/** Runs a compiled codec over one code stream; the result is a copy. Throws what the codec throws. */
export function decompress(codec: CompiledCodec, bytes: Uint8Array): Promise<Decompressed> {
  const { decoder: name, load } = sources[codec];
  return withCompiled(`decode ${codec}`, load, (module: CodecModule) => {
    const decoder = new (module[name] as new () => Decoder)();
    decoder.getEncodedBuffer(bytes.length).set(bytes);
    decoder.decode();
    const info = decoder.getFrameInfo();
    const result = {
      // A copy, and not of the clamped kind that libjpeg-turbo's has.
      bytes: new Uint8Array(decoder.getDecodedBuffer()),
      info: { ...info },
      interleave: decoder.getInterleaveMode?.() ?? 0,
    };
    decoder.delete();
    return result;
  });
}
