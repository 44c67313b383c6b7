import { verifyFiles, verifyReceipt } from '@symbolon/client';
import { Command } from 'commander';
import { newHasher } from '../exchange/hasher.ts';
import { type KeyFlags, readWhole, trustedKey, withKeyFlags } from '../exchange/trusted-key.ts';
import { exitCodes, exitCodesHelp } from '../exit-codes.ts';
import { labelledFiles } from '../files/labelled-files.ts';
import { countText } from '../terminal/amounts.ts';
import { safeText } from '../terminal/safe-text.ts';

type Flags = KeyFlags & { readonly files?: string };

const help = `
Verifies a receipt against the exchange's key, which you name: never against the key within the receipt. With --files,
every file that it lists as taken is hashed again.

Example:
  symbolon receipt verify receipt.json --key exchange-key.pem --files /media/cdrom
${exitCodesHelp}`;

async function run(file: string, flags: Flags): Promise<number> {
  const trusted = await trustedKey(flags, 'receipt');
  const receipt = await verifyReceipt(await readWhole(file), trusted, newHasher);
  const { statement, contents } = receipt;
  let failures = 0;
  if (flags.files !== undefined) {
    for await (const { path, error } of verifyFiles(receipt, labelledFiles(flags.files), newHasher)) {
      failures += 1;
      process.stderr.write(`${error.code}: ${safeText(path)}\n`);
    }
  }
  const lines = [
    `The receipt is genuine: signed by ${safeText(statement.exchange)} at ${statement.issuedAt},`,
    `for ${countText(contents.taken.length, 'file')} taken and ${countText(contents.refused.length, 'file')} not taken.`,
  ];
  if (failures > 0) lines.push(`But ${countText(failures, 'file is', 'files are')} missing or changed, named above.`);
  else if (flags.files !== undefined) lines.push('Every file is there and has the bytes that the exchange signed for.');
  process.stdout.write(`${lines.join('\n')}\n`);
  return failures === 0 ? exitCodes.done : exitCodes.damaged;
}

export function receiptVerifyCommand(finish: (code: number) => void): Command {
  return withKeyFlags(
    new Command('verify').summary('verify a receipt, and the files that it lists').argument('<file>', 'the receipt'),
  )
    .option('--files <dir>', 'the folder from which the names in the receipt count; hashes them again')
    .addHelpText('after', help)
    .action(async (file: string, flags: Flags) => finish(await run(file, flags)));
}
