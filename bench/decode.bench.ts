/**
 * Decoding one frame beside the bare codec: the same WebAssembly, called with the same bytes and nothing around it, one after
 * the other in every round. What is decoded by code of our own has no such codec: its speed alone.
 *
 * Prints a line of JSON a figure. CPU time, since this process is never alone; ratios count.
 */
import { readFileSync } from 'node:fs';
import { decodeFrame, type EncodedFrame, type PixelFormat } from '@symbolon/pixels';
import { realFiles } from '@symbolon/testbed';
import { type EncodedWith, encodeWith, type Grid, testSamples } from '../packages/pixels/src/encoders.fixture.ts';
import { openFile } from '../packages/pixels/src/open-file.fixture.ts';
import { median, print } from './measure.ts';

const rounds = Number(process.env.ROUNDS ?? 15);

type Decoder = {
  getEncodedBuffer(bytes: number): Uint8Array;
  getDecodedBuffer(): Uint8Array;
  decode(): void;
  delete(): void;
};
type Decoders = Readonly<Record<string, new () => Decoder>>;
const bare: Readonly<Record<EncodedWith, readonly [spec: string, name: string]>> = {
  jpeg: ['@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs', 'JPEGDecoder'],
  'jpeg-ls': ['@cornerstonejs/codec-charls/decodewasmjs', 'JpegLSDecoder'],
  'jpeg-2000': ['@cornerstonejs/codec-openjpeg/decodewasmjs', 'J2KDecoder'],
  htj2k: ['@cornerstonejs/codec-openjph/wasmjs', 'HTJ2KDecoder'],
};

const ct: Grid = { width: 512, height: 512, bitsPerSample: 12, componentCount: 1, isSigned: false };
const mammogram: Grid = { ...ct, width: 2048, height: 2560 };
const ultrasound: Grid = { width: 1024, height: 768, bitsPerSample: 8, componentCount: 3, isSigned: false };
const root = '1.2.840.10008.1.2';

function formatOf(grid: Grid, transferSyntax: string): PixelFormat {
  const { width, height, bitsPerSample, componentCount } = grid;
  return {
    transferSyntax,
    littleEndian: true,
    rows: height,
    columns: width,
    samples: componentCount === 3 ? 3 : 1,
    photometric: componentCount === 3 ? 'RGB' : 'MONOCHROME2',
    bitsAllocated: bitsPerSample > 8 ? 16 : 8,
    bitsStored: bitsPerSample,
    highBit: bitsPerSample - 1,
    signed: false,
    planar: 0,
  };
}

/** CPU milliseconds. */
async function cpuOf(work: () => unknown): Promise<number> {
  const from = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1000;
}

const encodedFrame = (bytes: Uint8Array): EncodedFrame => ({ bytes, bitOffset: 0, kind: 'integer', vr: 'OB' });

async function besideBare(name: string, codec: EncodedWith, grid: Grid, transferSyntax: string, settings: object) {
  const stream = await encodeWith(codec, grid, testSamples(grid), settings as Readonly<Record<string, unknown[]>>);
  const format = formatOf(grid, transferSyntax);
  const [spec, decoderName] = bare[codec];
  const { default: make } = (await import(spec)) as { default: (silent: object) => Promise<Decoders> };
  const decoders = await make({ print: () => {}, printErr: () => {} });
  const alone = () => {
    const decoder = new decoders[decoderName]!();
    decoder.getEncodedBuffer(stream.length).set(stream);
    decoder.decode();
    decoder.getDecodedBuffer();
    decoder.delete();
  };
  const ours = () => decodeFrame(format, encodedFrame(stream));
  for (let warm = 0; warm < 5; warm++) {
    alone();
    await ours();
  }
  const times = { ours: [] as number[], alone: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    times.alone.push(await cpuOf(alone));
    times.ours.push(await cpuOf(ours));
  }
  const bytes = grid.width * grid.height * grid.componentCount * (grid.bitsPerSample > 8 ? 2 : 1);
  print(`${name}: ours`, median(times.ours), 'ms', rounds);
  print(`${name}: the codec alone`, median(times.alone), 'ms', rounds);
  print(`${name}: × the codec alone`, median(times.ours) / median(times.alone), '×', rounds);
  print(`${name}: decoded`, bytes / 1e3 / median(times.ours), 'MB/s', rounds);
}

const lossless = { setQuality: [true, 0] };
await besideBare('JPEG, colours 1024 × 768', 'jpeg', ultrasound, `${root}.4.50`, {
  setQuality: [90],
  setSubSampling: [1],
});
await besideBare('JPEG-LS, 512 × 512 of 12 bits', 'jpeg-ls', ct, `${root}.4.80`, { setNearLossless: [0] });
await besideBare('JPEG-LS, 2048 × 2560 of 12 bits', 'jpeg-ls', mammogram, `${root}.4.80`, { setNearLossless: [0] });
await besideBare('JPEG 2000, 512 × 512 of 12 bits', 'jpeg-2000', ct, `${root}.4.90`, lossless);
await besideBare('JPEG 2000, 2048 × 2560 of 12 bits', 'jpeg-2000', mammogram, `${root}.4.90`, lossless);
await besideBare('HTJ2K, 512 × 512 of 12 bits', 'htj2k', ct, `${root}.4.201`, lossless);
await besideBare('HTJ2K, 2048 × 2560 of 12 bits', 'htj2k', mammogram, `${root}.4.201`, lossless);

/** Real files of what is decoded by code of our own. */
const own: readonly (readonly [name: string, file: string])[] = [
  ['JPEG lossless, 512 × 512 of 16 bits', 'dicom-test-files/WG04/JPLL/CT1_JPLL'],
  ['JPEG of 12 bits, 512 × 512', 'dicom-test-files/WG04/JPLY/MR1_JPLY'],
  ['RLE, 512 × 512 of 16 bits', 'dicom-test-files/WG04/RLE/CT1_RLE'],
  ['RLE, single bits 512 × 512', 'pydicom-data/liver_rle.dcm'],
];
const files = realFiles();
for (const [name, wanted] of own) {
  const found = files.find((file) => file.name === wanted);
  if (!found) continue;
  const file = await openFile(readFileSync(found.path));
  let bytes = 0;
  for (let warm = 0; warm < 8; warm++) bytes = (await file.frame(0)).words.byteLength;
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) times.push(await cpuOf(() => file.frame(0)));
  print(`${name}: ours`, median(times), 'ms', rounds);
  print(`${name}: decoded`, bytes / 1e3 / median(times), 'MB/s', rounds);
}
