import { beginReindex, reindex } from '@symbolon/client';
import type { ReindexAnswer } from '@symbolon/contract';
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
Says how far the exchange is with making anew what the studies of your account are found by. --now has all of it made anew under new
keys, from what is sealed: for when a key may have been seen, or when searches miss what is there, since rows were lost. Studies are
stored and found meanwhile as ever. --wait stays until everything is found by the new keys.

What was made under the old keys stays ten minutes longer for searches that are under way, and is then removed; until that is done
--now is refused. The same is done by
itself once after an update that finds studies by more than before. Needs an administrator's token; it is audited.

Example:
  symbolon keys reindex --now --wait --to https://localhost:8443 --token-file token.txt
${trustHelp}
${exitCodesHelp}`;

const words: Record<ReindexAnswer['phase'], string> = {
  whole: 'done',
  adding: 'being made',
  resting: 'done; what was before is kept for ten minutes',
  removing: 'done; what was before is being removed',
};

function summary({ phase, generation, done, of, damaged, begunAt }: ReindexAnswer): string {
  const lines = [
    `Studies are found by  keys of generation ${generation}`,
    `Made anew             ${begunAt === null ? 'never' : `${words[phase]}, begun ${begunAt}`}`,
  ];
  if (phase === 'adding' || phase === 'removing') lines.push(`Studies               ${done} of ${of}`);
  if (damaged > 0) lines.push(`Did not open          ${countText(damaged, 'study', 'studies')}: see "Storage"`);
  return `${lines.join('\n')}\n`;
}

async function run(flags: Flags): Promise<number> {
  const exchange = await signedInExchange(flags.to, flags, 1);
  const first = flags.now === true ? await beginReindex(exchange) : await reindex(exchange);
  const so = await toldWhile(first, ({ phase }) => flags.wait === true && phase === 'adding', {
    line: ({ done, of }) => `${done} of ${countText(of, 'study', 'studies')} ...`,
    again: () => reindex(exchange),
  });
  process.stdout.write(summary(so));
  return exitCodes.done;
}

export function keysReindexCommand(finish: (code: number) => void): Command {
  return withTrustFlags(
    new Command('reindex')
      .summary('have what studies are found by made anew under new keys')
      .requiredOption('--to <url>', 'the exchange')
      .requiredOption('--token-file <file>', "file that holds an administrator's API token")
      .option('--now', 'have it made anew')
      .option('--wait', 'stay until everything is found by the new keys'),
  )
    .addHelpText('after', help)
    .action(async (flags: Flags) => finish(await run(flags)));
}
