import { Command } from 'commander';
import { environment } from '../config.ts';
import { CliError } from '../errors.ts';
import { exitCodes, exitCodesHelp } from '../exit-codes.ts';
import { safeText } from '../terminal/safe-text.ts';

/** Loaded here only: the exchange is large, and the other commands should start at once. */
const exchange = () => import('@symbolon/server');
const say = (line: string): void => void process.stdout.write(`${line}\n`);

type Flags = { readonly clear?: true; readonly account?: string };

async function addresses({ clear, account }: Flags): Promise<number> {
  if (account !== undefined && clear === undefined) throw new CliError('OPTION_WRONG', '--account goes with --clear');
  const { addressesOfAccounts, clearAddresses } = await exchange();
  const lists = clear ? await clearAddresses(environment, account) : await addressesOfAccounts(environment);
  if (lists.length === 0) {
    say('There are no lists of addresses: every account can be used from everywhere.');
    return exitCodes.done;
  }
  for (const { id, name, addresses: own, roles } of lists) {
    say(`${safeText(name)} (${id})`);
    if (own.length > 0) say(`  account  ${own.join(', ')}`);
    for (const role of roles) say(`  role ${safeText(role.name)}  ${role.addresses.join(', ')}`);
  }
  if (clear) say('\nTaken away: these accounts and roles can be used from everywhere. Who signs in can set new lists.');
  return exitCodes.done;
}

const help = `
This works on the database itself, on the machine of the exchange: settings say where, as for "symbolon serve". The exchange may run
meanwhile. It is the way back for who locked themselves out, as by an address that changed. Tokens keep their own lists.
${exitCodesHelp}`;

export function accountAddressesCommand(finish: (code: number) => void): Command {
  return new Command('addresses')
    .summary('from which addresses accounts and roles can be used; --clear takes the lists away')
    .option('--clear', 'take the lists of the account and of its roles away; without --account those of every account')
    .option('--account <id>', 'of this account only')
    .addHelpText('after', help)
    .action(async (flags: Flags) => finish(await addresses(flags)));
}
