import { join, resolve } from 'node:path';
import { type Exchange, findStudies, Patience } from '@symbolon/client';
import type { FoundStudy } from '@symbolon/contract';
import { Command } from 'commander';
import { CliError } from '../errors.ts';
import { worldClock } from '../exchange/clock.ts';
import { signedInExchange, type TrustFlags, trustHelp, withTrustFlags } from '../exchange/options.ts';
import { exitCodes, exitCodesHelp } from '../exit-codes.ts';
import { ReceivingFolder } from '../receiving/folder.ts';
import { receiveStudy, type Tally } from '../receiving/receive-study.ts';
import { bytesText, countText, durationText, rateText } from '../terminal/amounts.ts';
import { OutageNote } from '../terminal/outage-note.ts';
import { Progress } from '../terminal/progress.ts';
import { safeText } from '../terminal/safe-text.ts';
import { stopSignal } from '../terminal/stop-signal.ts';
import { giveUpAfter, wholeNumber } from './values.ts';

type Flags = TrustFlags & {
  readonly study: string;
  readonly out: string;
  readonly from: string;
  readonly tokenFile: string;
  readonly connections: number;
  readonly giveUpAfter: number;
};

const help = `
Brings a study back: every file exactly as it was sent, checked against its SHA-256 before it gets its name. Files that
are there already are not fetched again, so that running the same command once more goes on where the last run stopped.

Example:
  symbolon fetch --study 1.2.840.113619.2.1.1 --out study --from https://exchange.example.org --token-file token.txt
${trustHelp}
${exitCodesHelp}`;

async function run(flags: Flags): Promise<number> {
  const signal = stopSignal();
  if (!/^[0-9.]{1,64}$/.test(flags.study))
    throw new CliError('OPTION_WRONG', '--study takes a Study Instance UID: digits and dots, at most 64');
  const exchange = await signedInExchange(flags.from, flags, flags.connections + 1);
  const progress = new Progress(process.stderr, 'Fetching');
  const note = new OutageNote(progress);
  const patience = { giveUpAfterMs: flags.giveUpAfter, onWait: note.waiting.bind(note) };
  const asking = new Patience(worldClock, { ...patience, signal });
  const studies = await asking.persist(() => findStudies(exchange, flags.study, signal)).finally(() => note.over());
  if (studies.length === 0)
    throw new CliError('STUDY_NOT_FOUND', 'the exchange has no study of that UID that you may see');

  const began = performance.now();
  const tally: Tally = { written: 0, writtenBytes: 0, there: 0, thereBytes: 0, damaged: [] };
  let bytes = 0;
  const measure = () => ({
    files: tally.written + tally.there + tally.damaged.length,
    ofFiles: studies.reduce((sum, study) => sum + study.instanceCount, 0),
    bytes,
    ofBytes: studies.reduce((sum, study) => sum + study.bytes, 0),
  });
  progress.start(measure());
  try {
    for (const [at, study] of studies.entries()) {
      await receive(exchange, study, studies.length === 1 ? flags.out : join(flags.out, `study-${at + 1}`));
    }
  } finally {
    note.over();
    progress.stop();
  }
  process.stdout.write(`${summary(tally, performance.now() - began, flags.out)}\n`);
  return tally.damaged.length === 0 ? exitCodes.done : exitCodes.damaged;

  async function receive(from: Exchange, study: FoundStudy, out: string): Promise<void> {
    const folder = new ReceivingFolder(resolve(out));
    await folder.open();
    try {
      await receiveStudy(from, study.id, folder, {
        connections: flags.connections,
        patience,
        signal,
        tally,
        onBytes: (length) => {
          bytes += length;
          if (length > 0) note.over();
          progress.update(measure());
        },
        onDamaged: (name) => progress.say(`DAMAGED: ${name} is not what was sent, and was not kept.`),
      });
      await folder.sync();
    } finally {
      await folder.close();
    }
  }
}

function summary(tally: Tally, elapsedMs: number, out: string): string {
  const speed = tally.written > 0 ? ` (${rateText(tally.writtenBytes, elapsedMs)})` : '';
  const lines = [
    `Fetched       ${countText(tally.written, 'file')}, ${bytesText(tally.writtenBytes)}, in ${durationText(elapsedMs)}${speed}`,
  ];
  if (tally.there > 0) lines.push(`There already ${countText(tally.there, 'file')}, checked`);
  lines.push(`In            ${safeText(out)}`);
  if (tally.damaged.length > 0) {
    lines.push(
      `DAMAGED       ${countText(tally.damaged.length, 'file')} came back other than sent, and were not kept.`,
    );
    lines.push('              Tell the keeper of the exchange; run the same command again to try once more.');
  }
  return lines.join('\n');
}

export function fetchCommand(finish: (code: number) => void): Command {
  return withTrustFlags(
    new Command('fetch')
      .summary('bring a study back, byte for byte')
      .requiredOption('--study <uid>', 'its Study Instance UID')
      .requiredOption('--out <dir>', 'folder to put the files in; made where it is missing')
      .requiredOption('--from <url>', 'the exchange')
      .requiredOption('--token-file <file>', 'file that holds an API token')
      .option('--connections <n>', 'how many at once', wholeNumber(1, 32), 3)
      .addOption(giveUpAfter()),
  )
    .addHelpText('after', help)
    .action(async (flags: Flags) => finish(await run(flags)));
}
