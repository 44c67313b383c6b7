/**
 * Lossless transcoding: MB/s of native pixels from native into each transfer syntax, the decoding again and the comparison
 * included, with the bare encoder alone beside it in the same round; then a whole object of 40 frames and 252 MB by the
 * command line, and what memory that took.
 *
 * Prints a line of JSON a figure. Ratios count: absolute times say little on a shared machine.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseFile } from '@symbolon/dicom';
import type { PixelFormat } from '@symbolon/pixels';
import { ctStudy, multiframeStudy } from '@symbolon/testbed';
import { encodeRle } from '../packages/pixels/src/transcode/encode-rle.ts';
import { compress } from '../packages/pixels/src/transcode/encoder-modules.ts';
import { transcodeFrame } from '../packages/pixels/src/transcode/transcode-frame.ts';
import { median, print } from './measure.ts';

const rounds = Number(process.env.ROUNDS ?? 5);
const targets = ['explicit', 'rle', 'jpeg-ls', 'jpeg-2000', 'htj2k', 'htj2k-rpcl'] as const;

/** The very pixels of a synthetic slice, and a breast of noise that fades to an edge: 12 bits in words of 16. */
function pictures(): { name: string; format: PixelFormat; bytes: Uint8Array }[] {
  const [slice] = [...ctStudy({ seed: 1, slices: 1, rows: 512, columns: 512 })];
  const { pixelElements } = parseFile(slice!.bytes);
  const { valueStart, valueEnd } = pixelElements[0]!;
  const shape = {
    transferSyntax: '1.2.840.10008.1.2.1',
    littleEndian: true,
    samples: 1,
    photometric: 'MONOCHROME2',
    bitsAllocated: 16,
    planar: 0,
  } as const;
  const ct = { ...shape, rows: 512, columns: 512, bitsStored: 16, highBit: 15, signed: true };
  const [rows, columns] = [2457, 1890];
  const words = new Uint16Array(rows * columns);
  for (let at = 0, state = 1; at < words.length; at++) {
    state = (state * 1_103_515_245 + 12_345) >>> 0;
    const distance = Math.hypot((at % columns) / columns, Math.floor(at / columns) / rows - 0.5);
    words[at] = distance > 0.5 ? 0 : 3000 * (0.6 - distance) + (state >>> 26);
  }
  const mammogram = { ...shape, rows, columns, bitsStored: 12, highBit: 11, signed: false };
  return [
    { name: 'CT 512²', format: ct, bytes: slice!.bytes.slice(valueStart, valueEnd) },
    { name: 'mammogram 2457×1890', format: mammogram, bytes: new Uint8Array(words.buffer) },
  ];
}

async function timed(work: () => Promise<unknown>, calls: number): Promise<number> {
  const from = performance.now();
  for (let call = 0; call < calls; call++) await work();
  return (performance.now() - from) / calls;
}

for (const { name, format, bytes } of pictures()) {
  const calls = bytes.length > 1e6 ? 1 : 8;
  const frame = { bytes, bitOffset: 0, kind: 'integer' as const, vr: 'OW' };
  const { columns, rows, bitsStored, signed } = format;
  for (const target of targets) {
    const bits = target === 'jpeg-ls' && signed ? 16 : bitsStored;
    const info = {
      ...{ width: columns, height: rows, bitsPerSample: bits },
      ...{ componentCount: 1, isSigned: signed, isUsingColorTransform: false },
    };
    const bare = async () => {
      if (target === 'explicit') return bytes.slice();
      return target === 'rle' ? encodeRle(bytes, columns, 1, 2) : compress(target, info, bytes);
    };
    const whole = () => transcodeFrame(format, frame, target);
    const size = (await whole()).bytes.length;
    await bare();
    const [ours, alone]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      ours.push(await timed(whole, calls));
      alone.push(await timed(bare, calls));
    }
    print(`${name} to ${target}`, bytes.length / 1e3 / median(ours), 'MB/s', rounds);
    if (target !== 'explicit') {
      print(`${name} to ${target}: the encoder alone`, bytes.length / 1e3 / median(alone), 'MB/s', rounds);
      print(`${name} to ${target}: × the time of the encoder alone`, median(ours) / median(alone), '×', rounds);
      print(`${name} as ${target}`, (size / bytes.length) * 100, '% of native', 1);
    }
  }
}

const folder = mkdtempSync(join(tmpdir(), 'symbolon-transcode-bench-'));
try {
  const [object] = [...multiframeStudy({ seed: 1, frames: 40, rows: 2048, columns: 1540 })];
  writeFileSync(join(folder, 'object.dcm'), object!.bytes);
  print('an object of 40 frames', object!.bytes.length / 1e6, 'MB', 1);
  const bin = join(import.meta.dirname, '../packages/cli/bin/symbolon.mjs');
  for (const target of ['rle', 'jpeg-ls', 'htj2k'] as const) {
    const from = performance.now();
    const told = `process.on('exit', () => console.error('peak', process.resourceUsage().maxRSS))`;
    const preload = `data:text/javascript,${encodeURIComponent(told)}`;
    const args = ['--import', preload, bin, 'transcode', 'object.dcm', '--to', target, '--out', target];
    const done = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
    if (done.status !== 0) throw new Error(done.stderr);
    const peaks = [...done.stderr.matchAll(/peak (\d+)/g)].map(([, kib]) => Number(kib));
    print(
      `that object to ${target}, by the command line`,
      object!.bytes.length / 1e3 / (performance.now() - from),
      'MB/s',
      1,
    );
    print(
      `that object to ${target}: memory at its highest, the program's own included`,
      Math.max(...peaks) / 1024,
      'MiB',
      1,
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}
