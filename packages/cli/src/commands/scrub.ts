import { setTimeout as pause } from 'node:timers/promises';
import { beginScrub, type Exchange, scrub, scrubFindings } from '@symbolon/client';
import type { ScrubAnswer, ScrubFinding, ScrubRound } from '@symbolon/contract';
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
Says how far the exchange is with reading everything that it holds again, and what of it is no longer what was sent. It
does so by itself, as SYMBOLON_SCRUB says. --now begins a round at once, --wait stays until the round has ended. What is
damaged is listed for the account of the token, which must be an administrator's; the exit code is 5 where anything is.

Nothing is repaired or removed. What is damaged comes back from a backup of the stores.

Example:
  symbolon scrub --now --wait --to https://localhost:8443 --token-file token.txt
${trustHelp}
${exitCodesHelp}`;

const at = (moment: string): string => moment.slice(0, 16).replace('T', ' ');
const read = ({ packs, bytes, damaged }: ScrubRound): string =>
  `${countText(packs, 'pack')}, ${bytesText(bytes)}, ${damaged} damaged`;

function roundText(round: ScrubRound): string {
  return `${read(round)}; ${at(round.startedAt)} to ${round.endedAt === null ? 'now' : at(round.endedAt)}`;
}

function summary({ running, last, all, damaged, everyDays, bytesPerSecond }: ScrubAnswer): string {
  const lines = [
    ['Under way', running === null ? 'no' : `${roundText(running)}, of ${bytesText(all.bytes)}`],
    ['Last round', last === null ? 'none yet' : roundText(last)],
    [
      'Next',
      everyDays === null
        ? 'when asked for'
        : `every ${countText(everyDays, 'day')}, at ${bytesText(bytesPerSecond)} a second`,
    ],
    ['Damaged now', damaged === 0 ? 'nothing' : countText(damaged, 'pack')],
  ];
  return `${lines.map(([what = '', text = '']) => `${what.padEnd(14)}${text}`).join('\n')}\n`;
}

const findingText = ({ studyId, pack, part, code, instances, firstFoundAt }: ScrubFinding): string =>
  `  study ${studyId}  ${countText(instances, 'instance')}  ${part} ${code}  found ${at(firstFoundAt)}  pack ${pack}\n`;

async function listFindings(exchange: Exchange): Promise<void> {
  for (let offset: number | null = 0; offset !== null; ) {
    const page = await scrubFindings(exchange, offset);
    for (const finding of page.findings) process.stdout.write(findingText(finding));
    offset = page.next;
  }
}

async function run(flags: Flags): Promise<number> {
  const exchange = await signedInExchange(flags.to, flags, 1);
  let so = flags.now === true ? await beginScrub(exchange) : await scrub(exchange);
  for (let told = ''; flags.wait === true && so.running !== null; so = await scrub(exchange)) {
    const line = `${read(so.running)} so far ...\n`;
    if (line !== told) process.stderr.write(line);
    told = line;
    await pause(1_000);
  }
  process.stdout.write(summary(so));
  if (so.damaged === 0) return exitCodes.done;
  await listFindings(exchange);
  return exitCodes.damaged;
}

export function scrubCommand(finish: (code: number) => void): Command {
  return withTrustFlags(
    new Command('scrub')
      .summary('see whether everything that is held is still what was sent')
      .requiredOption('--to <url>', 'the exchange')
      .requiredOption('--token-file <file>', "file that holds an administrator's API token")
      .option('--now', 'begin a round where none is under way')
      .option('--wait', 'stay until the round has ended'),
  )
    .addHelpText('after', help)
    .action(async (flags: Flags) => finish(await run(flags)));
}
