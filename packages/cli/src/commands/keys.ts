import { Command } from 'commander';
import { environment } from '../config.ts';
import { CliError } from '../errors.ts';
import { readSecret } from '../exchange/secret-files.ts';
import { exitCodes, exitCodesHelp } from '../exit-codes.ts';
import { bytesText, countText } from '../terminal/amounts.ts';
import { askHidden } from '../terminal/hidden-line.ts';
import { safeText } from '../terminal/safe-text.ts';
import { keysReindexCommand } from './keys-reindex.ts';
import { keysResealCommand } from './keys-reseal.ts';
import { keysScheduleCommand } from './keys-schedule.ts';

/** Loaded here only: the exchange is large, and the other commands should start at once. */
const exchange = () => import('@symbolon/server');
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const day = (iso: string): string => iso.slice(0, 16).replace('T', ' ');

const fewestCharacters = 12;

async function passphraseOf({ passphraseFile }: { passphraseFile?: string }, twice: boolean): Promise<string> {
  const passphrase =
    passphraseFile === undefined
      ? await askHidden('Passphrase of the backup: ')
      : await readSecret(passphraseFile, 'passphrase');
  if (twice && passphraseFile === undefined && (await askHidden('The same again: ')) !== passphrase)
    throw new CliError('OPTION_WRONG', 'the two are not the same');
  if (twice && [...passphrase].length < fewestCharacters)
    throw new CliError('OPTION_WRONG', `the passphrase must have ${fewestCharacters} characters or more`);
  return passphrase;
}

async function status(): Promise<number> {
  const { keys, backup, oldestKeyWithoutBackup, warning } = await (await exchange()).statusOfKeys(environment);
  const rows = [
    ['Chain', 'What', 'Count', 'Oldest (UTC)', 'Newest (UTC)', 'Last rotation'],
    ...keys.map(({ chain, what, count, oldest, newest, rotatedAt }) => [
      chain,
      what,
      String(count),
      day(oldest),
      day(newest),
      rotatedAt === null ? '-' : day(rotatedAt),
    ]),
  ];
  const widths = rows[0]?.map((_, at) => Math.max(...rows.map((row) => (row[at] as string).length))) ?? [];
  for (const row of rows)
    say(
      row
        .map((cell, at) => cell.padEnd(widths[at] as number))
        .join('  ')
        .trimEnd(),
    );
  say(`\nLast backup  ${backup === null ? 'never' : day(backup.at)}`);
  if (warning !== null)
    say(
      warning === 'never backed up'
        ? 'Make one now: without these keys no image can be opened.'
        : `Make another: keys that it does not hold have been there since ${day(oldestKeyWithoutBackup ?? '')}.`,
    );
  return exitCodes.done;
}

type RotateFlags = { readonly root?: true; readonly account?: string; readonly patients?: true };

async function rotate({ root, account, patients }: RotateFlags): Promise<number> {
  if ([root, account, patients].filter((flag) => flag !== undefined).length !== 1)
    throw new CliError('OPTION_WRONG', 'name one of --root, --account ID and --patients');
  const asked = root
    ? ({ what: 'roots' } as const)
    : account === undefined
      ? ({ what: 'patients' } as const)
      : ({ what: 'account', accountId: account } as const);
  const done = await (await exchange()).rotateKeys(environment, asked);
  if (done === false) {
    process.stderr.write('Keys are being rotated or copied just now. Run the same command again in a while.\n');
    return exitCodes.outOfReach;
  }
  const amounts = Object.entries(done).map(([what, count]) => `${what} ${count.toLocaleString('en-US')}`);
  say(`Rotated: ${amounts.join(', ')}. A new backup of the keys is due.`);
  return exitCodes.done;
}

type FileFlags = { readonly passphraseFile?: string };

async function backup({ out, ...flags }: FileFlags & { readonly out: string }): Promise<number> {
  const passphrase = await passphraseOf(flags, true);
  const done = await (await exchange()).backupKeysTo(environment, out, passphrase);
  say(
    `Copied ${countText(done.wraps, 'key')} into ${safeText(out)} (${bytesText(done.bytes)}), and opened every one of them again.
Keep it away from the data and apart from its passphrase, and delete it after 30 days at most: what is erased stays in it.`,
  );
  return exitCodes.done;
}

type RestoreFlags = FileFlags & { readonly from: string; readonly replace?: true };

async function restore({ from, replace, ...flags }: RestoreFlags): Promise<number> {
  const passphrase = await passphraseOf(flags, false);
  const { restoreKeysFrom } = await exchange();
  const { madeAt, wraps, replaced } = await restoreKeysFrom(environment, from, passphrase, replace ?? false);
  say(`Restored ${countText(wraps, 'key')} as of ${day(madeAt.toISOString())} UTC.`);
  if (replaced !== undefined) say(`Those that were there are in ${safeText(replaced)}; delete them once all is well.`);
  return exitCodes.done;
}

const keysHelp = `
These commands work on the keys themselves, on the machine where they are: SYMBOLON_KEYS says where, as for "symbolon serve".
The exchange may run meanwhile, for "restore" it may not. Only "schedule" asks a running exchange instead, with a token.
${exitCodesHelp}`;

const passphraseOption = [
  '--passphrase-file <file>',
  'file that holds the passphrase (a newline at its end is not part of it); without it one is asked for',
] as const;

export function keysCommand(finish: (code: number) => void): Command {
  return new Command('keys')
    .summary('keys: their ages, rotation and its schedule, backup and restore')
    .addHelpText('after', keysHelp)
    .addCommand(
      new Command('status')
        .summary('how many keys there are and how old, and when they were last copied and rotated')
        .addHelpText('after', keysHelp)
        .action(async () => finish(await status())),
    )
    .addCommand(
      new Command('rotate')
        .summary('replace keys now, whatever their age; no image is sealed anew')
        .option('--root', 'the roots of all chains')
        .option('--account <id>', "an account's key in the key service; its old versions are destroyed")
        .option('--patients', "every patient's key")
        .addHelpText('after', keysHelp)
        .action(async (flags: RotateFlags) => finish(await rotate(flags))),
    )
    .addCommand(keysScheduleCommand(finish))
    .addCommand(keysResealCommand(finish))
    .addCommand(keysReindexCommand(finish))
    .addCommand(
      new Command('backup')
        .summary('copy all keys into a new file, sealed under a passphrase')
        .requiredOption('--out <file>', 'new file; never overwritten')
        .option(...passphraseOption)
        .addHelpText('after', keysHelp)
        .action(async (flags: FileFlags & { out: string }) => finish(await backup(flags))),
    )
    .addCommand(
      new Command('restore')
        .summary('put the keys of a backup in place')
        .requiredOption('--from <file>', 'the backup')
        .option('--replace', 'also where there are keys; those are moved aside')
        .option(...passphraseOption)
        .addHelpText('after', keysHelp)
        .action(async (flags: RestoreFlags) => finish(await restore(flags))),
    );
}
