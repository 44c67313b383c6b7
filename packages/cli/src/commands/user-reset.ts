import { Command } from 'commander';
import { environment } from '../config.ts';
import { CliError } from '../errors.ts';
import { exitCodes, exitCodesHelp } from '../exit-codes.ts';
import { safeText } from '../terminal/safe-text.ts';
import { minuteText } from './erasure-words.ts';

async function reset(email: string): Promise<number> {
  // Loaded here only: the exchange is large, and the other commands should start at once.
  const { resetPasswordFromShell } = await import('@symbolon/server');
  const made = await resetPasswordFromShell(environment, email);
  if (made === undefined)
    throw new CliError('OPTION_WRONG', `nobody who can sign in has the address ${safeText(email)}`);
  const { address, expiresAt } = made;
  process.stdout.write(`New password  ${address}\n`);
  process.stdout.write(`It is good until ${minuteText(expiresAt)} UTC, and works once; it is not shown again.\n`);
  return exitCodes.done;
}

const help = `
This works on the database itself, on the machine of the exchange: settings say where, as for "symbolon serve". The exchange may run
meanwhile. It is the way back for an owner who lost the password, and for who is in several accounts, where the exchange sends no
mails. Whoever has the link can set the password; a second factor still stands.

Example:
  symbolon user reset ada@example.org
${exitCodesHelp}`;

export function userResetCommand(finish: (code: number) => void): Command {
  return new Command('reset')
    .summary('a link by which somebody sets a new password, on the machine of the exchange')
    .argument('<email>', 'e-mail address of the person')
    .addHelpText('after', help)
    .action(async (email: string) => finish(await reset(email)));
}
