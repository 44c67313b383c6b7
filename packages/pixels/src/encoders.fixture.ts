/** The encoders of the packages whose decoders the product uses: what tests and benches are fed with. */

export type Grid = {
  readonly width: number;
  readonly height: number;
  readonly bitsPerSample: number;
  readonly componentCount: number;
  readonly isSigned: boolean;
};
type Encoder = {
  getDecodedBuffer(of: Grid & { readonly isUsingColorTransform: boolean }): Uint8Array;
  getEncodedBuffer(): Uint8Array;
  encode(): void;
  delete(): void;
} & Readonly<Record<string, (...values: never[]) => void>>;
type Encoders = Readonly<Record<string, new () => Encoder>>;

const packages = {
  jpeg: ['@cornerstonejs/codec-libjpeg-turbo-8bit/wasmjs', 'JPEGEncoder'],
  'jpeg-ls': ['@cornerstonejs/codec-charls/wasmjs', 'JpegLSEncoder'],
  'jpeg-2000': ['@cornerstonejs/codec-openjpeg/wasmjs', 'J2KEncoder'],
  htj2k: ['@cornerstonejs/codec-openjph/wasmjs', 'HTJ2KEncoder'],
} as const;
export type EncodedWith = keyof typeof packages;

/**
 * `settings` by the encoder's own names of them: `{ setQuality: [true, 0] }`. Each time by a module of its own, since that of
 * JPEG writes past its buffer where the stream becomes longer than the picture.
 */
export async function encodeWith(
  codec: EncodedWith,
  grid: Grid,
  samples: Uint8Array,
  settings: Readonly<Record<string, readonly unknown[]>> = {},
): Promise<Uint8Array> {
  const [spec, name] = packages[codec];
  const { default: make } = (await import(spec)) as { default: (silent: object) => Promise<Encoders> };
  const encoders = await make({ print: () => {}, printErr: () => {} });
  const encoder = new encoders[name]!();
  for (const [setting, values] of Object.entries(settings)) encoder[setting]!(...(values as never[]));
  // Only HTJ2K's asks for the transform.
  encoder.getDecodedBuffer({ ...grid, isUsingColorTransform: grid.componentCount === 3 }).set(samples);
  encoder.encode();
  const encoded = new Uint8Array(encoder.getEncodedBuffer());
  encoder.delete();
  return encoded;
}

/** A picture with edges, slopes and some noise, the same each time: `seed` makes another. */
export function testSamples({ width, height, bitsPerSample, componentCount }: Grid, seed = 1): Uint8Array {
  const most = 2 ** bitsPerSample - 1;
  const samples =
    bitsPerSample > 8
      ? new Uint16Array(width * height * componentCount)
      : new Uint8Array(width * height * componentCount);
  let state = seed * 2_654_435_761;
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let of = 0; of < componentCount; of++, at++) {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        const slope = (x * (of + 1 + seed) + y * 2) / (width * 3 + height * 2);
        const disc = (x - width / 2) ** 2 + (y - height / 3) ** 2 < (Math.min(width, height) / 4) ** 2 ? 0.3 : 0;
        samples[at] = Math.min(most, Math.floor((slope * 0.6 + disc) * most + (state / 2 ** 32) * most * 0.03));
      }
  return new Uint8Array(samples.buffer);
}
