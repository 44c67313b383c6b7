import { writeFile } from 'node:fs/promises';
import { publicKeyPem, receiptKey } from '@symbolon/client';
import { Command } from 'commander';
import { CliError, systemCode } from '../errors.ts';
import { newHasher } from '../exchange/hasher.ts';
import { anonymousExchange, type TrustFlags, trustHelp, withTrustFlags } from '../exchange/options.ts';
import { exitCodes, exitCodesHelp } from '../exit-codes.ts';
import { safeText } from '../terminal/safe-text.ts';

type Flags = TrustFlags & { readonly to: string; readonly out?: string };

const help = `
Prints the key with which an exchange signs its receipts, and its fingerprint. Compare the fingerprint with the one that
its keeper tells you; the exchange prints it when it starts.

Example:
  symbolon receipt key --to https://exchange.example.org --out exchange-key.pem
${trustHelp}
${exitCodesHelp}`;

async function run(flags: Flags): Promise<number> {
  const { spki, fingerprint } = await receiptKey(anonymousExchange(flags.to, flags), newHasher);
  const pem = publicKeyPem(spki);
  if (flags.out === undefined) process.stdout.write(pem);
  else {
    await writeFile(flags.out, pem, { flag: 'wx' }).catch((error: unknown) => {
      throw new CliError(
        'FILE_NOT_WRITABLE',
        `${flags.out} cannot be written (${systemCode(error)}); it is never overwritten`,
      );
    });
    process.stdout.write(`The key is in ${safeText(flags.out)}.\n`);
  }
  process.stdout.write(`Fingerprint (SHA-256): ${fingerprint}\n`);
  return exitCodes.done;
}

export function receiptKeyCommand(finish: (code: number) => void): Command {
  return withTrustFlags(
    new Command('key')
      .summary('the key with which an exchange signs its receipts')
      .requiredOption('--to <url>', 'the exchange')
      .option('--out <file>', 'new file for the key, in PEM form (default: print it)'),
  )
    .addHelpText('after', help)
    .action(async (flags: Flags) => finish(await run(flags)));
}
