import { createToken } from '@symbolon/client';
import { Command } from 'commander';
import { anonymousExchange, type TrustFlags, trustHelp, withTrustFlags } from '../exchange/options.ts';
import { readSecret, withNewSecretFile } from '../exchange/secret-files.ts';
import { exitCodes, exitCodesHelp } from '../exit-codes.ts';
import { safeText } from '../terminal/safe-text.ts';
import { tokenCommands } from './token-issue.ts';

type Flags = TrustFlags & {
  readonly to: string;
  readonly email: string;
  readonly passwordFile: string;
  readonly label: string;
  readonly code?: string;
  readonly tokenOut: string;
};

const help = `
Gets an API token for oneself.

Example:
  symbolon token create --to https://exchange.example.org --email me@example.org --password-file password.txt \\
    --label "CT workstation" --token-out token.txt
${trustHelp}
${exitCodesHelp}`;

async function create({ email, label, code, ...flags }: Flags): Promise<number> {
  const password = await readSecret(flags.passwordFile, 'password');
  const exchange = anonymousExchange(flags.to, flags);
  const until = await withNewSecretFile(flags.tokenOut, async () => {
    const { token, expiresAt } = await createToken(exchange, { email, password, label, code });
    return { secret: token, result: expiresAt };
  });
  const life = until === null ? 'It does not expire' : `It expires at ${until}`;
  process.stdout.write(`The API token is in ${safeText(flags.tokenOut)}; keep it as you keep a password. ${life}.\n`);
  return exitCodes.done;
}

export function tokenCommand(finish: (code: number) => void): Command {
  const make = withTrustFlags(
    new Command('create')
      .summary('get an API token for oneself')
      .requiredOption('--to <url>', 'the exchange')
      .requiredOption('--email <address>', 'e-mail address')
      .requiredOption('--password-file <file>', 'file that holds the password (a newline at its end is not part of it)')
      .option('--code <digits>', 'code of one’s authenticator app, where one has a second factor')
      .requiredOption('--label <text>', 'what the token is for, as it will be listed')
      .requiredOption('--token-out <file>', 'new file for the token; never overwritten'),
  )
    .addHelpText('after', help)
    .action(async (flags: Flags) => finish(await create(flags)));
  const token = new Command('token').summary('API tokens').addCommand(make);
  for (const command of tokenCommands(finish)) token.addCommand(command);
  return token;
}
