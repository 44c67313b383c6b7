import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setup } from '@symbolon/client';
import { Command } from 'commander';
import { dataFolder } from '../config.ts';
import { CliError } from '../errors.ts';
import { anonymousExchange, type TrustFlags, trustHelp, withTrustFlags } from '../exchange/options.ts';
import { readSecret, withNewSecretFile } from '../exchange/secret-files.ts';
import { exitCodes, exitCodesHelp } from '../exit-codes.ts';
import { safeText } from '../terminal/safe-text.ts';

type Flags = TrustFlags & {
  readonly to: string;
  readonly account: string;
  readonly name?: string;
  readonly email: string;
  readonly passwordFile: string;
  readonly tokenOut: string;
  readonly secretFile?: string;
  readonly changePassword?: true;
};

const help = `
Makes the first account of a new exchange, its owner, and an API token. The one-time set-up secret is read from the
data folder of the exchange on this machine, or from --secret-file.

Example:
  symbolon setup --to https://localhost:8443 --account "City Hospital" --email owner@example.org \\
    --password-file password.txt --token-out token.txt
${trustHelp}
${exitCodesHelp}`;

/** The exchange takes the file away once it has an account. */
function ownSecretFile(): string {
  const file = join(dataFolder(), 'setup-secret');
  if (existsSync(file)) return file;
  throw new CliError(
    'FILE_UNREADABLE',
    `there is no set-up secret in ${file}: that exchange has its account already, or its data is elsewhere (SYMBOLON_DATA, or --secret-file)`,
  );
}

async function run(flags: Flags): Promise<number> {
  const secret = await readSecret(flags.secretFile ?? ownSecretFile(), 'set-up secret');
  const password = await readSecret(flags.passwordFile, 'password');
  const exchange = anonymousExchange(flags.to, flags);
  const name = flags.name === undefined ? {} : { name: flags.name };
  const { email, changePassword = false } = flags;
  const request = { secret: secret.trim(), accountName: flags.account, ...name, email, password, changePassword };
  await withNewSecretFile(flags.tokenOut, async () => ({
    secret: (await setup(exchange, request)).token,
    result: undefined,
  }));
  process.stdout.write(
    `Made the account "${safeText(flags.account)}". Its API token is in ${safeText(flags.tokenOut)}; keep it as you keep a password.\n`,
  );
  return exitCodes.done;
}

export function setupCommand(finish: (code: number) => void): Command {
  return withTrustFlags(
    new Command('setup')
      .summary('make the first account of a new exchange, its owner and a token')
      .requiredOption('--to <url>', 'the exchange')
      .requiredOption('--account <name>', 'name of the organisation')
      .option('--name <name>', "the owner's name as others see it (default: the e-mail address up to its @)")
      .requiredOption('--email <address>', 'e-mail address of the owner')
      .requiredOption(
        '--password-file <file>',
        "file that holds the owner's new password (a newline at its end is not part of it)",
      )
      .requiredOption('--token-out <file>', 'new file for the API token; never overwritten')
      .option('--change-password', 'the owner did not choose it: they choose one of their own when they first sign in')
      .option('--secret-file <file>', 'file that holds the set-up secret (default: setup-secret in the data folder)'),
  )
    .addHelpText('after', help)
    .action(async (flags: Flags) => finish(await run(flags)));
}
