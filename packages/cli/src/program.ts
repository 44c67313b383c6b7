import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { accountCommand } from './commands/account.ts';
import { accountAddressesCommand } from './commands/account-addresses.ts';
import { accountSignInPolicyCommand } from './commands/account-sign-in-policy.ts';
import { backupCommand } from './commands/backup.ts';
import { compactCommand } from './commands/compact.ts';
import { conflictsCommand } from './commands/conflicts.ts';
import { erasureCommand } from './commands/erasure.ts';
import { fetchCommand } from './commands/fetch.ts';
import { holdCommand } from './commands/hold.ts';
import { keysCommand } from './commands/keys.ts';
import { receiptKeyCommand } from './commands/receipt-key.ts';
import { receiptVerifyCommand } from './commands/receipt-verify.ts';
import { restoreCommand } from './commands/restore.ts';
import { scrubCommand } from './commands/scrub.ts';
import { sendCommand } from './commands/send.ts';
import { serveCommand } from './commands/serve.ts';
import { setupCommand } from './commands/setup.ts';
import { sweepCommand } from './commands/sweep.ts';
import { tokenCommand } from './commands/token.ts';
import { transcodeCommand } from './commands/transcode.ts';
import { userCommand } from './commands/user.ts';
import { exitCodesHelp } from './exit-codes.ts';

function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** The whole command line. `finish` is told the exit code of the command that ran. */
export function program(finish: (code: number) => void): Command {
  const receipt = new Command('receipt')
    .summary('receipts: verify one, get the key')
    .addCommand(receiptVerifyCommand(finish))
    .addCommand(receiptKeyCommand(finish));
  return new Command('symbolon')
    .description('Symbolon, an open secure exchange for medical images')
    .version(version())
    .addCommand(serveCommand(finish))
    .addCommand(setupCommand(finish))
    .addCommand(tokenCommand(finish))
    .addCommand(userCommand(finish))
    .addCommand(
      accountCommand(finish).addCommand(accountAddressesCommand(finish)).addCommand(accountSignInPolicyCommand(finish)),
    )
    .addCommand(sendCommand(finish))
    .addCommand(fetchCommand(finish))
    .addCommand(transcodeCommand(finish))
    .addCommand(conflictsCommand(finish))
    .addCommand(receipt)
    .addCommand(erasureCommand(finish))
    .addCommand(holdCommand(finish))
    .addCommand(keysCommand(finish))
    .addCommand(sweepCommand(finish))
    .addCommand(scrubCommand(finish))
    .addCommand(compactCommand(finish))
    .addCommand(backupCommand(finish))
    .addCommand(restoreCommand(finish))
    .addHelpText('after', exitCodesHelp);
}
