import { sweep } from '@symbolon/client';
import type { SweepAnswer } from '@symbolon/contract';
import { Command } from 'commander';
import { signedInExchange, type TrustFlags, trustHelp, withTrustFlags } from '../exchange/options.ts';
import { exitCodes, exitCodesHelp } from '../exit-codes.ts';
import { bytesText, countText } from '../terminal/amounts.ts';

type Flags = TrustFlags & {
  readonly to: string;
  readonly tokenFile: string;
  readonly dryRun?: boolean;
  readonly many?: boolean;
};

const help = `
Removes what a crash left in the stores of an exchange: sealed objects that no pack names, and what unfinished writes
left. Nothing younger than a day is touched, and nothing that was acknowledged. The exchange does the same once a day by
itself. Needs an administrator's token.

Where more than a tenth of what is stored is unknown to the database, nothing is removed: the database may be another one,
or older than the stores. See to that first; --many removes it all the same.

Example:
  symbolon sweep --dry-run --to https://localhost:8443 --token-file token.txt
${trustHelp}
${exitCodesHelp}`;

function summary({ dryRun, looked, orphans, unfinished, young, keys }: SweepAnswer): string {
  const amount = (found: { count: number; bytes: number }, one: string): string =>
    `${countText(found.count, one)}, ${bytesText(found.bytes)}`;
  const lines = [
    ['Looked at', countText(looked, 'object')],
    [dryRun ? 'To remove' : 'Removed', amount(orphans, 'object')],
    ['', amount(unfinished, 'unfinished write')],
    ['Let be', `${countText(young, 'object')} younger than a day that may yet be named`],
  ];
  if (keys !== null && keys.patients + keys.studies > 0) {
    const owners = `${countText(keys.patients, 'patient')} and ${countText(keys.studies, 'study', 'studies')}`;
    lines.push(['Keys', `of ${owners} without a row; they are let be`]);
  }
  return `${lines.map(([what = '', text = '']) => `${what.padEnd(14)}${text}`).join('\n')}\n`;
}

async function run(flags: Flags): Promise<number> {
  const exchange = await signedInExchange(flags.to, flags, 1);
  const ask = { dryRun: flags.dryRun === true, many: flags.many === true };
  let all = await sweep(exchange, ask);
  while (all.next !== null) {
    process.stderr.write(`${countText(all.looked, 'object')} so far ...\n`);
    const { looked, orphans, young, ...more } = await sweep(exchange, { ...ask, after: all.next });
    all = {
      ...all,
      looked: all.looked + looked,
      orphans: { count: all.orphans.count + orphans.count, bytes: all.orphans.bytes + orphans.bytes },
      young: all.young + young,
      keys: more.keys,
      next: more.next,
    };
  }
  process.stdout.write(summary(all));
  return exitCodes.done;
}

export function sweepCommand(finish: (code: number) => void): Command {
  return withTrustFlags(
    new Command('sweep')
      .summary('remove what a crash left in the stores of an exchange')
      .requiredOption('--to <url>', 'the exchange')
      .requiredOption('--token-file <file>', "file that holds an administrator's API token")
      .option('--dry-run', 'only say what would be removed')
      .option('--many', 'remove it also where it is suspiciously much'),
  )
    .addHelpText('after', help)
    .action(async (flags: Flags) => finish(await run(flags)));
}
