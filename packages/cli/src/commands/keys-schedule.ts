import { keySchedule, setKeySchedule } from '@symbolon/client';
import { type KeyScheduleAnswer, patientDaysLimits } from '@symbolon/contract';
import { Command, InvalidArgumentError } from 'commander';
import { signedInExchange, type TrustFlags, trustHelp, withTrustFlags } from '../exchange/options.ts';
import { exitCodes, exitCodesHelp } from '../exit-codes.ts';
import { countText } from '../terminal/amounts.ts';

const { least, most } = patientDaysLimits;

/** Other units than days are refused: 90m could be minutes or months. */
function patientDays(text: string): number | 'off' {
  if (text.trim() === 'off') return 'off';
  const days = Number(/^(\d{1,5}) ?d$/.exec(text.trim())?.[1] ?? Number.NaN);
  if (days >= least && days <= most) return days;
  throw new InvalidArgumentError(`It is a number of days from ${least}d to ${most}d, such as 90d, or off.`);
}

type Flags = TrustFlags & {
  readonly to: string;
  readonly tokenFile: string;
  readonly patientKeys?: number | 'off';
};

const help = `
Asks a running exchange after how many days it replaces the keys of your account's patients by itself, and sets it with
--patient-keys. What is due by the new schedule is begun at once. "off": only "symbolon keys rotate --patients", or an
administrator in the browser, replaces them. No image is sealed anew. Needs an administrator's token; a change is audited.

Example:
  symbolon keys schedule --patient-keys 90d --to https://localhost:8443 --token-file token.txt
${trustHelp}
${exitCodesHelp}`;

function summary({ patientDays: days, accountDays }: KeyScheduleAnswer): string {
  const every = (count: number): string => (count === 1 ? 'every day' : `every ${countText(count, 'day')}`);
  return `Patients' keys  ${days === null ? 'off: replaced on demand only' : every(days)}\nAccount's key   ${every(accountDays)}\n`;
}

async function run({ patientKeys, ...flags }: Flags): Promise<number> {
  const exchange = await signedInExchange(flags.to, flags, 1);
  const schedule =
    patientKeys === undefined
      ? keySchedule(exchange)
      : setKeySchedule(exchange, { patientDays: patientKeys === 'off' ? null : patientKeys });
  process.stdout.write(summary(await schedule));
  return exitCodes.done;
}

export function keysScheduleCommand(finish: (code: number) => void): Command {
  return withTrustFlags(
    new Command('schedule')
      .summary('see and set after how many days keys are replaced')
      .requiredOption('--to <url>', 'the exchange')
      .requiredOption('--token-file <file>', "file that holds an administrator's API token")
      .option(
        '--patient-keys <days>',
        'replace patients\' keys after so many days, such as 90d; or "off"',
        patientDays,
      ),
  )
    .addHelpText('after', help)
    .action(async (flags: Flags) => finish(await run(flags)));
}
