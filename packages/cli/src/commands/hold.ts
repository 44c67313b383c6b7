import { holds, placeHold, releaseHold } from '@symbolon/client';
import type { HoldRequest } from '@symbolon/contract';
import { Command, Option } from 'commander';
import { CliError } from '../errors.ts';
import { signedInExchange, type TrustFlags, trustHelp, withTrustFlags } from '../exchange/options.ts';
import { exitCodes, exitCodesHelp } from '../exit-codes.ts';
import { say } from './erasure-run.ts';
import { holdText } from './erasure-words.ts';
import { oneStudy, readStudy } from './one-study.ts';

type Where = TrustFlags & { readonly to: string; readonly tokenFile: string };
type Place = Where & {
  readonly study?: string;
  readonly patientOf?: string;
  readonly account?: true;
  readonly reason: string;
};

const help = (example: string): string => `
A hold keeps a study, all studies of a patient, or the whole account from being erased until somebody releases it. Its reason is
shown to whoever may see the study. Needs an administrator's token.

Example:
  symbolon hold ${example} --to https://localhost:8443 --token-file token.txt
${trustHelp}
${exitCodesHelp}`;

const connected = ({ to, ...flags }: Where) => signedInExchange(to, flags, 1);

function withWhere(command: Command, example: string): Command {
  return withTrustFlags(
    command
      .requiredOption('--to <url>', 'the exchange')
      .requiredOption('--token-file <file>', "file that holds an administrator's API token"),
  ).addHelpText('after', help(example));
}

async function place({ study, patientOf, account, reason, ...flags }: Place): Promise<number> {
  if ([study, patientOf, account].filter((given) => given !== undefined).length !== 1)
    throw new CliError('OPTION_WRONG', 'name one of --study UID, --patient-of UID and --account');
  const exchange = await connected(flags);
  const uid = study ?? patientOf;
  const request: HoldRequest =
    uid === undefined
      ? { of: 'account', reason }
      : { of: study === undefined ? 'patient' : 'study', studyId: await oneStudy(exchange, uid), reason };
  say(holdText(await placeHold(exchange, request)));
  return exitCodes.done;
}

async function list({ study: uid, all, ...flags }: Where & { study?: string; all?: true }): Promise<number> {
  const exchange = await connected(flags);
  const study = uid === undefined ? undefined : await oneStudy(exchange, uid);
  let count = 0;
  for (let offset: number | null = 0; offset !== null; ) {
    const page = await holds(exchange, study === undefined ? { offset } : { study, offset });
    const shown = page.holds.filter(({ releasedAt }) => all || releasedAt === null);
    for (const hold of shown) say(holdText(hold));
    count += shown.length;
    // Those in force come first: behind the first released one there are no more of them.
    offset = all || shown.length === page.holds.length ? page.next : null;
  }
  if (count === 0) say('Nothing is held.');
  return exitCodes.done;
}

async function release(id: string, flags: Where): Promise<number> {
  const { releasedAt } = await releaseHold(await connected(flags), id);
  say(`Released${releasedAt === null ? '' : ` ${releasedAt}`}. What it held can be erased, if no other hold stops it.`);
  return exitCodes.done;
}

/** What keeps things from being erased. */
export function holdCommand(finish: (code: number) => void): Command {
  const uid = (name: string, what: string) => new Option(`${name} <uid>`, what).argParser(readStudy(name));
  return new Command('hold')
    .summary('keep a study, a patient or the account from being erased')
    .addCommand(
      withWhere(
        new Command('place')
          .summary('place a hold')
          .addOption(uid('--study', 'on the study with this Study Instance UID'))
          .addOption(uid('--patient-of', 'on all studies of the patient of this study'))
          .option('--account', 'on everything that the account holds')
          .requiredOption('--reason <text>', 'why, for people'),
        'place --study 1.2.840.113619.2.1.1 --reason "Court case"',
      ).action(async (flags: Place) => finish(await place(flags))),
    )
    .addCommand(
      withWhere(
        new Command('list')
          .summary('the holds in force')
          .addOption(uid('--study', 'only those that hold this study'))
          .option('--all', 'also those that were released'),
        'list',
      ).action(async (flags: Where & { study?: string; all?: true }) => finish(await list(flags))),
    )
    .addCommand(
      withWhere(
        new Command('release').summary('release a hold').argument('<id>', 'as "hold list" gives it'),
        'release ID',
      ).action(async (id: string, flags: Where) => finish(await release(id, flags))),
    );
}
