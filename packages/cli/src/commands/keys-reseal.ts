import { beginReseal, reseal } from '@symbolon/client';
import type { ResealAnswer } from '@symbolon/contract';
import { Command } from 'commander';
import { signedInExchange, type TrustFlags, trustHelp, withTrustFlags } from '../exchange/options.ts';
import { exitCodes, exitCodesHelp } from '../exit-codes.ts';
import { countText } from '../terminal/amounts.ts';
import { toldWhile } from '../terminal/told-while.ts';

type Flags = TrustFlags & {
  readonly to: string;
  readonly tokenFile: string;
  readonly now?: boolean;
  readonly wait?: boolean;
};

const help = `
Says how far the exchange is with sealing the studies of your account anew under new keys. --now has every study sealed anew: for
when a key may have been seen, or is older than your rules allow. Each image is read, written again, read back and compared
before it takes the place of the old one; everything can be read meanwhile. --wait stays until all are done.

The old keys are destroyed a day later, when nothing stands under them any more. From then on a copy of the database that was made
before opens nothing of these studies: make a new backup when this is done. "symbolon keys rotate" replaces the keys above without
touching images, and is what a schedule does. Needs an administrator's token; it is audited.

Example:
  symbolon keys reseal --now --wait --to https://localhost:8443 --token-file token.txt
${trustHelp}
${exitCodesHelp}`;

function summary({ waiting, spent }: ResealAnswer): string {
  const studies = countText(waiting, 'study', 'studies');
  const old = countText(spent, 'study', 'studies');
  return `To be sealed anew     ${waiting === 0 ? 'none' : studies}\nOld keys still there  ${spent === 0 ? 'none' : `of ${old}, for a day`}\n`;
}

async function run(flags: Flags): Promise<number> {
  const exchange = await signedInExchange(flags.to, flags, 1);
  const first = flags.now === true ? await beginReseal(exchange) : await reseal(exchange);
  const so = await toldWhile(first, ({ waiting }) => flags.wait === true && waiting > 0, {
    line: ({ waiting }) => `${countText(waiting, 'study', 'studies')} to go ...`,
    again: () => reseal(exchange),
  });
  process.stdout.write(summary(so));
  return exitCodes.done;
}

export function keysResealCommand(finish: (code: number) => void): Command {
  return withTrustFlags(
    new Command('reseal')
      .summary('have all studies sealed anew under new keys')
      .requiredOption('--to <url>', 'the exchange')
      .requiredOption('--token-file <file>', "file that holds an administrator's API token")
      .option('--now', 'have every study sealed anew')
      .option('--wait', 'stay until all are done'),
  )
    .addHelpText('after', help)
    .action(async (flags: Flags) => finish(await run(flags)));
}
