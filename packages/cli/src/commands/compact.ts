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
Says how far the exchange is with making what it holds take less room. Small packs are joined: whoever sends images one by
one makes a pack of each. Pixel data is compressed without loss where SYMBOLON_COMPRESSION says so. It does that by
itself when a series has been quiet for five minutes, where SYMBOLON_COMPACTION says so; each new pack is read back and
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

const compressedText = ({ compressed, storedBefore, storedAfter }: CompactionAnswer): string =>
  `${countText(compressed, 'pack')}: ${bytesText(storedBefore)} became ${bytesText(storedAfter)}`;

function waitingText({ waiting, due, toCompress, toCompressBytes }: CompactionAnswer): string {
  const joining = waiting === 0 ? [] : [`${waiting} series, ${due} of them quiet for long enough`];
  const compressing =
    toCompress === 0 ? [] : [`${countText(toCompress, 'pack')} to compress, ${bytesText(toCompressBytes)}`];
  return [...joining, ...compressing].join('; ') || 'nothing';
}

/** What is under way, for whoever waits; of what has not happened yet nothing is said. */
function progressText(so: CompactionAnswer): string {
  const left = [
    ...(so.due > 0 ? [`${so.due} series to look at`] : []),
    ...(so.toCompress > 0 ? [`${countText(so.toCompress, 'pack')} to compress`] : []),
  ];
  const done = [...(so.joined > 0 ? [joinedText(so)] : []), ...(so.compressed > 0 ? [compressedText(so)] : [])];
  return `${left.join(', ') || 'at work'}${done.length > 0 ? `; so far ${done.join('; ')}` : ''} ...\n`;
}

/** So often it is asked again when nobody is at work, before what is left is taken for what cannot be done now. */
const idleLooks = 20;

function summary(so: CompactionAnswer): string {
  const { lastAt, kept, keptBytes, byItself, bytesPerSecond } = so;
  const lines = [
    ['Waiting', waitingText(so)],
    ['Joined', so.joined === 0 ? 'nothing yet' : joinedText(so)],
    ['Compressed', so.compressed === 0 ? 'nothing yet' : compressedText(so)],
    ['Last', lastAt === null ? 'never' : lastAt.slice(0, 16).replace('T', ' ')],
    ['Still kept', kept === 0 ? 'nothing' : `${countText(kept, 'pack')} that were replaced, ${bytesText(keptBytes)}`],
    ['Runs', byItself ? `by itself, at ${bytesText(bytesPerSecond)} a second` : 'when asked for'],
  ];
  return `${lines.map(([what = '', text = '']) => `${what.padEnd(15)}${text}`).join('\n')}\n`;
}

async function run(flags: Flags): Promise<number> {
  const exchange = await signedInExchange(flags.to, flags, 1);
  let so = flags.now === true ? await compactNow(exchange) : await compaction(exchange);
  let told = '';
  let idle = 0;
  while (flags.wait === true && (so.due > 0 || so.toCompress > 0) && idle < idleLooks) {
    const line = progressText(so);
    if (line !== told) process.stderr.write(line);
    told = line;
    await pause(500);
    so = await compaction(exchange);
    idle = so.running ? 0 : idle + 1;
  }
  process.stdout.write(summary(so));
  return exitCodes.done;
}

export function compactCommand(finish: (code: number) => void): Command {
  return withTrustFlags(
    new Command('compact')
      .summary('see how far what is held was joined and compressed, and have it done now')
      .requiredOption('--to <url>', 'the exchange')
      .requiredOption('--token-file <file>', "file that holds an administrator's API token")
      .option('--now', 'look at all that waits, quiet or not')
      .option('--wait', 'stay until nothing is due'),
  )
    .addHelpText('after', help)
    .action(async (flags: Flags) => finish(await run(flags)));
}
