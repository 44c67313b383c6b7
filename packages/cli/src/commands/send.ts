import { me, Patience } from '@symbolon/client';
import { Command } from 'commander';
import { CliError } from '../errors.ts';
import { worldClock } from '../exchange/clock.ts';
import { signedInExchange, type TrustFlags, trustHelp, withTrustFlags } from '../exchange/options.ts';
import { exitCodes, exitCodesHelp } from '../exit-codes.ts';
import { selectFiles } from '../files/select.ts';
import { checkReceiptPlace, writeReceipts } from '../sending/receipt-files.ts';
import { sendFiles } from '../sending/send-files.ts';
import { summaryOf } from '../sending/summary.ts';
import { bytesText, countText } from '../terminal/amounts.ts';
import { OutageNote } from '../terminal/outage-note.ts';
import { Progress } from '../terminal/progress.ts';
import { safeText } from '../terminal/safe-text.ts';
import { stopSignal } from '../terminal/stop-signal.ts';
import { giveUpAfter, wholeNumber } from './values.ts';

type Flags = TrustFlags & {
  readonly to: string;
  readonly tokenFile: string;
  readonly receipt?: string;
  readonly connections: number;
  readonly giveUpAfter: number;
};

const help = `
Sends DICOM files to an exchange: files, folders (any depth, whatever the names) and zips. Every file is named by its
SHA-256; what the exchange holds already is not sent again, so that running the same command once more goes on where
the last run stopped. Ends with a receipt that the exchange signed, with the SHA-256 of every file that it took.

Example:
  symbolon send /media/cdrom --to https://exchange.example.org --token-file token.txt --receipt receipt.json
${trustHelp}
${exitCodesHelp}`;

function standardReceipt(now: Date): string {
  return `symbolon-receipt-${now.toISOString().replace(/[-:]/g, '').slice(0, 15)}Z.json`;
}

async function send(paths: string[], flags: Flags): Promise<number> {
  const signal = stopSignal();
  const receiptFile = flags.receipt ?? standardReceipt(new Date());
  const exchange = await signedInExchange(flags.to, flags, flags.connections + 1);
  await checkReceiptPlace(receiptFile);
  const progress = new Progress(process.stderr, 'Sending');
  const note = new OutageNote(progress);
  // A first word before an hour of hashing: is it there, is it the right one, and does it know this token?
  const asking = new Patience(worldClock, { giveUpAfterMs: flags.giveUpAfter, signal, onWait: (w) => note.waiting(w) });
  const who = await asking.persist(() => me(exchange, signal)).finally(() => note.over());
  const selection = await selectFiles(paths, signal);
  if (selection.sources.length === 0 && selection.refused.length === 0) {
    throw new CliError('NOTHING_TO_SEND', `there is no file in ${paths.join(', ')}`);
  }
  process.stderr.write(
    `Sending ${countText(selection.sources.length, 'file')}, ${bytesText(selection.bytes)}, to ${safeText(who.accountName)} at ${exchange.url}\n`,
  );
  const options = { connections: flags.connections, giveUpAfterMs: flags.giveUpAfter, signal, progress };
  const sent = await sendFiles(exchange, selection, options);
  const receipts = await writeReceipts(exchange, receiptFile, sent, options);
  process.stdout.write(`${summaryOf(sent, selection.folder, receipts)}\n`);
  return sent.refused.length === 0 ? exitCodes.done : exitCodes.someNotTaken;
}

export function sendCommand(finish: (code: number) => void): Command {
  return withTrustFlags(
    new Command('send')
      .summary('send files, folders and zips; ends with a signed receipt')
      .argument('<path...>', 'files, folders or zips')
      .requiredOption('--to <url>', 'the exchange')
      .requiredOption('--token-file <file>', 'file that holds an API token')
      .option(
        '--receipt <file>',
        'where to write the receipt (default: symbolon-receipt-<time>.json in the current folder)',
      )
      .option('--connections <n>', 'how many at once, each with up to 32 MiB in memory', wholeNumber(1, 32), 4)
      .addOption(giveUpAfter()),
  )
    .addHelpText('after', help)
    .action(async (paths: string[], flags: Flags) => finish(await send(paths, flags)));
}
