import { Command } from 'commander';
import { environment } from '../config.ts';
import { readSecret } from '../exchange/secret-files.ts';
import { type ExitCode, exitCodes, exitCodesHelp } from '../exit-codes.ts';
import { bytesText, countText } from '../terminal/amounts.ts';
import { askHidden } from '../terminal/hidden-line.ts';
import { safeText } from '../terminal/safe-text.ts';

/** Loaded here only: the exchange is large, and the other commands should start at once. */
const server = () => import('@symbolon/server');
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const at = (moment: string): string => moment.slice(0, 16).replace('T', ' ');

type Flags = {
  readonly from?: string;
  readonly backup?: string;
  readonly keys?: string;
  readonly passphraseFile?: string;
};

const help = `
Restores a backup of the data onto this machine: into the database, the stores and the folders that the settings name, as for
"symbolon serve". They must be empty. The keys must be there: --keys puts those of a backup of the keys in place first.

What is interrupted is gone on with by the same command. Until it has ended no exchange starts on that database. After it,
"symbolon serve" does. Whoever was signed in signs in again; API tokens, links, grants and people other than the owner of an account are held until that owner has decided
about them (on the page Backups, or "symbolon backup held"), since they may have been ended after the backup was made.

Example, on a new machine:
  symbolon restore --from file:/mnt/backups --keys keys.backup --passphrase-file passphrase
  symbolon serve
${exitCodesHelp}`;

async function restoreKeys(file: string, passphraseFile: string | undefined): Promise<void> {
  const passphrase =
    passphraseFile === undefined
      ? await askHidden('Passphrase of the backup of the keys: ')
      : await readSecret(passphraseFile, 'passphrase');
  const { madeAt, wraps } = await (await server()).restoreKeysFrom(environment, file, passphrase, false);
  say(`Restored ${countText(wraps, 'key')} as of ${at(madeAt.toISOString())} UTC.`);
}

async function run({ from, backup, keys, passphraseFile }: Flags): Promise<ExitCode> {
  if (keys !== undefined) await restoreKeys(keys, passphraseFile);
  const begun = performance.now();
  let told = 0;
  let last = '';
  const { manifest, objects, bytes, lost, held, resumed } = await (await server()).restoreFrom(
    environment,
    from,
    backup,
    (what, count, read) => {
      if (what === last && performance.now() - told < 1_000) return;
      told = performance.now();
      last = what;
      process.stderr.write(`${what}: ${countText(count, 'object')}, ${bytesText(read)} ...\n`);
    },
  );
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  say(`Restored backup ${manifest.id} of ${at(manifest.madeAt)} UTC${resumed ? ', gone on with' : ''}:`);
  say(`  ${countText(objects, 'object')}, ${bytesText(bytes)}, and all tables, in ${seconds} s.`);
  const what = [countText(held.tokens, 'token'), countText(held.links, 'link'), countText(held.grants, 'grant')];
  say(
    `  Held until the owner of the first account decides: ${what.join(', ')}; people who are suspended until then: ${held.people}.`,
  );
  for (const { store, name } of lost) say(`  LOST: ${store} ${safeText(name)} is damaged or missing in the backup.`);
  if (lost.length > 0)
    say('What hangs from lost objects does not open; everything else does. An earlier backup may have them.');
  say('Start the exchange with: symbolon serve');
  return lost.length === 0 ? exitCodes.done : exitCodes.damaged;
}

export function restoreCommand(finish: (code: number) => void): Command {
  return new Command('restore')
    .summary('restore a backup of the data onto an empty machine')
    .option('--from <place>', 'file:/path or s3:https://…; by default what SYMBOLON_BACKUPS names')
    .option('--backup <id>', 'by default the newest; "symbolon backup list" names them')
    .option('--keys <file>', 'a backup of the keys, to be put in place first')
    .option('--passphrase-file <file>', 'file that holds its passphrase; without it one is asked for')
    .addHelpText('after', help)
    .action(async (flags: Flags) => finish(await run(flags)));
}
