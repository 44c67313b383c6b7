/**
 * Lossless transcoding: MB of native pixels a CPU second, from native into each transfer syntax, the decoding again and the comparison
 * included, with the bare encoder alone beside it in the same round; then a whole object of 40 frames and 252 MB by the
 * command line, and what memory that took.
 *
 * Prints a line of JSON a figure. Ratios count: absolute times say little on a shared machine.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseFile, writeFile } from '@symbolon/dicom';
import type { PixelFormat } from '@symbolon/pixels';
import { ctStudy } from '@symbolon/testbed';
import { encodeRle } from '../packages/pixels/src/transcode/encode-rle.ts';
import { compress } from '../packages/pixels/src/transcode/encoder-modules.ts';
import { transcodeFrame } from '../packages/pixels/src/transcode/transcode-frame.ts';
import { median, print } from './measure.ts';

const rounds = Number(process.env.ROUNDS ?? 5);
const targets = ['explicit', 'rle', 'jpeg-ls', 'jpeg-2000', 'htj2k', 'htj2k-rpcl'] as const;

/** A synthetic slice, signed, and a frame of mammography of 12 bits. */
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
  const mammogram = { ...shape, rows, columns, bitsStored: 12, highBit: 11, signed: false };
  return [
    { name: 'CT 512²', format: ct, bytes: slice!.bytes.slice(valueStart, valueEnd) },
    { name: 'mammogram 2457×1890', format: mammogram, bytes: breast(rows, columns) },
  ];
}

/** Noise of six bits on a slope that fades to an edge, and black beside it. */
function breast(rows: number, columns: number): Uint8Array {
  const words = new Uint16Array(rows * columns);
  for (let at = 0, state = 1; at < words.length; at++) {
    state = (state * 1_103_515_245 + 12_345) >>> 0;
    const distance = Math.hypot((at % columns) / columns, Math.floor(at / columns) / rows - 0.5);
    words[at] = distance > 0.5 ? 0 : 3000 * (0.6 - distance) + (state >>> 26);
  }
  return new Uint8Array(words.buffer);
}

/** A tomosynthesis as a file: 40 frames of 6.3 MB. */
function tomosynthesis(): Uint8Array {
  const [rows, columns, frames] = [2048, 1540, 40];
  const frame = breast(rows, columns);
  const pixels = new Uint8Array(frame.length * frames);
  for (let at = 0; at < frames; at++) pixels.set(frame, at * frame.length);
  const one = (vr: string, value: string | number) => ({ vr, Value: [value] });
  const header = {
    '00080016': one('UI', '1.2.840.10008.5.1.4.1.1.13.1.3'),
    '00080018': one('UI', '2.25.1'),
    '00280002': one('US', 1),
    '00280004': one('CS', 'MONOCHROME2'),
    '00280008': one('IS', String(frames)),
    '00280010': one('US', rows),
    '00280011': one('US', columns),
    '00280100': one('US', 16),
    '00280101': one('US', 12),
    '00280102': one('US', 11),
    '00280103': one('US', 0),
    '7FE00010': { vr: 'OW', BulkDataURI: 'pixels' },
  };
  return writeFile(header, { bulkData: () => pixels });
}

/** CPU milliseconds a call, which hardly move when others are at work on the machine. */
async function timed(work: () => Promise<unknown>, calls: number): Promise<number> {
  const from = process.cpuUsage();
  for (let call = 0; call < calls; call++) await work();
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1000 / calls;
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
    print(`${name} to ${target}`, bytes.length / 1e3 / median(ours), 'MB/CPU s', rounds);
    if (target !== 'explicit') {
      print(`${name} to ${target}: the encoder alone`, bytes.length / 1e3 / median(alone), 'MB/CPU s', rounds);
      print(`${name} to ${target}: × the time of the encoder alone`, median(ours) / median(alone), '×', rounds);
      print(`${name} as ${target}`, (size / bytes.length) * 100, '% of native', 1);
    }
  }
}

const folder = mkdtempSync(join(tmpdir(), 'symbolon-transcode-bench-'));
try {
  const object = tomosynthesis();
  writeFileSync(join(folder, 'object.dcm'), object);
  print('an object of 40 frames', object.length / 1e6, 'MB', 1);
  const bin = join(import.meta.dirname, '../packages/cli/bin/symbolon.mjs');
  for (const target of ['rle', 'jpeg-ls', 'htj2k'] as const) {
    const from = performance.now();
    // VmHWM begins anew with a program; what getrusage says of a child begins with its parent.
    const told = `import{readFileSync as r}from'node:fs';process.on('exit',()=>console.error('peak',/VmHWM:\\s+(\\d+)/.exec(r('/proc/self/status','utf8'))[1]))`;
    const preload = `data:text/javascript,${encodeURIComponent(told)}`;
    const args = ['--import', preload, bin, 'transcode', 'object.dcm', '--to', target, '--out', target];
    const done = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
    if (done.status !== 0) throw new Error(done.stderr);
    const peaks = [...done.stderr.matchAll(/peak (\d+)/g)].map(([, kib]) => Number(kib));
    print(`that object to ${target}, by the command line`, object.length / 1e3 / (performance.now() - from), 'MB/s', 1);
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
