import { targetNames, transcodingTarget } from '@symbolon/pixels';
import { Command } from 'commander';
import { CliError } from '../errors.ts';
import { exitCodes, exitCodesHelp } from '../exit-codes.ts';
import { leftOutLines } from '../sending/summary.ts';
import { bytesText, countText, durationText, rateText } from '../terminal/amounts.ts';
import { Progress } from '../terminal/progress.ts';
import { safeText } from '../terminal/safe-text.ts';
import { stopSignal } from '../terminal/stop-signal.ts';
import { OutFolder } from '../transcoding/out-folder.ts';
import { selectWork, type Transcoded, transcodeFiles } from '../transcoding/transcode-files.ts';

type Flags = { readonly to: string; readonly out: string };

const help = `
Writes DICOM files in another transfer syntax, without loss: every frame is decoded again and compared, sample by sample,
before its file gets its name. Files and folders on this machine only; no exchange is asked, and nothing is overwritten.
What a syntax cannot hold without loss is refused, with the reason. A file that is in that syntax already is copied. Reports and
documents, which hold no picture, are written as explicit, and as nothing else. New files and folders are for their owner alone.

Transfer syntaxes:
  explicit    Explicit VR Little Endian, not compressed (1.2.840.10008.1.2.1); holds everything
  rle         RLE Lossless                             (1.2.840.10008.1.2.5)
  jpeg-ls     JPEG-LS Lossless                         (1.2.840.10008.1.2.4.80)
  jpeg-2000   JPEG 2000 Lossless Only                  (1.2.840.10008.1.2.4.90)
  htj2k       High-Throughput JPEG 2000 Lossless Only  (1.2.840.10008.1.2.4.201)
  htj2k-rpcl  the same, resolution by resolution       (1.2.840.10008.1.2.4.202)

Example:
  symbolon transcode /media/cdrom --to htj2k --out smaller
${exitCodesHelp}`;

async function run(paths: string[], flags: Flags): Promise<number> {
  const signal = stopSignal();
  const target = transcodingTarget(flags.to);
  if (target === undefined)
    throw new CliError('OPTION_WRONG', `--to takes one of ${targetNames.join(', ')}, or the UID of one of these`);
  const selected = await selectWork(paths);
  if (selected.work.length === 0 && selected.refused.length === 0)
    throw new CliError('NOTHING_TO_TRANSCODE', `there is no file in ${paths.join(', ')}`);
  const folder = await OutFolder.open(flags.out, paths);
  const began = performance.now();
  const progress = new Progress(process.stderr, 'Transcoding');
  const done = await transcodeFiles(selected, target, folder, { progress, signal }).finally(() => folder.close());
  process.stdout.write(`${summary(done, performance.now() - began, flags.out)}\n`);
  if (signal.aborted) return exitCodes.stopped;
  return done.refused.length === 0 ? exitCodes.done : exitCodes.someNotTaken;
}

function summary(done: Transcoded, elapsedMs: number, out: string): string {
  const row = (name: string, text: string) => `${name.padEnd(14)}${text}`;
  const { written, asTheyWere, readBytes, writtenBytes, refused, leftOut } = done;
  const lines = [
    row(
      'Written',
      `${countText(written, 'file')}, ${bytesText(readBytes)} to ${bytesText(writtenBytes)}, in ${durationText(elapsedMs)} (${rateText(readBytes, elapsedMs)})`,
    ),
  ];
  if (asTheyWere > 0) lines.push(row('Copied', `${countText(asTheyWere, 'file')} in that syntax already`));
  lines.push(...leftOutLines(leftOut));
  if (refused.length > 0) lines.push(row('Not written', countText(refused.length, 'file')));
  for (const { path, code, reason } of refused) lines.push(`  ${safeText(path)}: ${code}: ${safeText(reason)}`);
  lines.push(row('In', safeText(out)));
  return lines.join('\n');
}

export function transcodeCommand(finish: (code: number) => void): Command {
  return new Command('transcode')
    .summary('write files in another transfer syntax, without loss')
    .argument('<path...>', 'files or folders')
    .requiredOption('--to <syntax>', `one of ${targetNames.join(', ')}, or a UID`)
    .requiredOption('--out <folder>', 'folder to put the files in; made where it is missing')
    .addHelpText('after', help)
    .action(async (paths: string[], flags: Flags) => finish(await run(paths, flags)));
}
