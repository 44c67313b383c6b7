import { setTimeout as pause } from 'node:timers/promises';
import { compaction, compactNow } from '@symbolon/client';
import type { CompactionAnswer } from '@symbolon/contract';
import { Command } from 'commander';
import { signedInExchange, type TrustFlags, trustHelp, withTrustFlags } from '../exchange/options.ts';
import { exitCodes, exitCodesHelp } from '../exit-codes.ts';
import { bytesText, countText } from '../terminal/amounts.ts';

type Flags = TrustFlags & {
  readonly to: string;
  readonly tokenFile: string;
  readonly now?: boolean;
  readonly wait?: boolean;
};

const help = `
Says how far the exchange is with joining small packs: whoever sends images one by one makes a pack of each. It joins them
by itself when a series has been quiet for five minutes, where SYMBOLON_COMPACTION says so; each new pack is read back and
compared before it takes the place of the old ones. --now does not wait for quiet, --wait stays until nothing is due. The
token must be an administrator's.

What was replaced is kept for a day, for those who may be reading it, and takes room for as long. After that a copy of the
database that is older than the joining no longer fits the stores: copy database and stores together.

Example:
  symbolon compact --now --wait --to https://localhost:8443 --token-file token.txt
${trustHelp}
${exitCodesHelp}`;

const joinedText = ({ joined, rewrites, instances, bytes }: CompactionAnswer): string =>
  `${countText(joined, 'pack')} became ${rewrites}: ${countText(instances, 'instance')}, ${bytesText(bytes)}`;

function summary(so: CompactionAnswer): string {
  const { waiting, due, lastAt, kept, keptBytes, byItself, bytesPerSecond } = so;
  const lines = [
    ['Waiting', waiting === 0 ? 'nothing' : `${waiting} series, ${due} of them quiet for long enough`],
    [
      'Joined so far',
      lastAt === null ? 'nothing yet' : `${joinedText(so)}; last ${lastAt.slice(0, 16).replace('T', ' ')}`,
    ],
    ['Still kept', kept === 0 ? 'nothing' : `${countText(kept, 'pack')} that were replaced, ${bytesText(keptBytes)}`],
    ['Runs', byItself ? `by itself, at ${bytesText(bytesPerSecond)} a second` : 'when asked for'],
  ];
  return `${lines.map(([what = '', text = '']) => `${what.padEnd(15)}${text}`).join('\n')}\n`;
}

async function run(flags: Flags): Promise<number> {
  const exchange = await signedInExchange(flags.to, flags, 1);
  let so = flags.now === true ? await compactNow(exchange) : await compaction(exchange);
  for (let told = ''; flags.wait === true && so.due > 0; so = await compaction(exchange)) {
    const line = `${so.due} series to look at; ${joinedText(so)} so far ...\n`;
    if (line !== told) process.stderr.write(line);
    told = line;
    await pause(500);
  }
  process.stdout.write(summary(so));
  return exitCodes.done;
}

export function compactCommand(finish: (code: number) => void): Command {
  return withTrustFlags(
    new Command('compact')
      .summary('see how far small packs are joined, and have them joined now')
      .requiredOption('--to <url>', 'the exchange')
      .requiredOption('--token-file <file>', "file that holds an administrator's API token")
      .option('--now', 'look at all that waits, quiet or not')
      .option('--wait', 'stay until nothing is due'),
  )
    .addHelpText('after', help)
    .action(async (flags: Flags) => finish(await run(flags)));
}
