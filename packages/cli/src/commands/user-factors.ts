import { Command } from 'commander';
import { environment } from '../config.ts';
import { CliError } from '../errors.ts';
import { exitCodes, exitCodesHelp } from '../exit-codes.ts';
import { safeText } from '../terminal/safe-text.ts';
import { say } from './erasure-run.ts';

async function clear(email: string): Promise<number> {
  // Loaded here only: the exchange is large, and the other commands should start at once.
  const { clearFactorsOf } = await import('@symbolon/server');
  const cleared = await clearFactorsOf(environment, email);
  if (cleared === undefined) throw new CliError('OPTION_WRONG', `nobody here has the address ${safeText(email)}`);
  say(
    cleared === 0
      ? 'They have no second factor. All their sessions ended.'
      : 'Taken away: their password alone signs them in, until they set up another. All their sessions ended.',
  );
  return exitCodes.done;
}

const help = `
Example:
  symbolon user factors --clear ada@example.org

This works on the database itself, on the machine of the exchange: settings say where, as for "symbolon serve". The exchange may run
meanwhile. It is the way back for who lost all their second factors and recovery codes. Make sure first that it is they who ask: from
then on their password is all that is needed.
${exitCodesHelp}`;

export function userFactorsCommand(finish: (code: number) => void): Command {
  return new Command('factors')
    .summary('take the second factors of somebody away who lost them')
    .requiredOption('--clear <email>', 'the e-mail address of who lost them')
    .addHelpText('after', help)
    .action(async (flags: { clear: string }) => finish(await clear(flags.clear)));
}
