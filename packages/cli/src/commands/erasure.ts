import { erasureCertificate, erasures } from '@symbolon/client';
import { erasureGrounds } from '@symbolon/contract';
import { Command, Option } from 'commander';
import { withNewFile } from '../exchange/new-file.ts';
import { signedInExchange, type TrustFlags, trustHelp, withTrustFlags } from '../exchange/options.ts';
import { exitCodes, exitCodesHelp } from '../exit-codes.ts';
import { type HowToErase, runErasure, say } from './erasure-run.ts';
import { type StudyTarget, studyTarget } from './erasure-target.ts';
import { erasureVerifyCommand } from './erasure-verify.ts';
import { amountsText, minuteText, stateText } from './erasure-words.ts';
import { oneStudy, readStudy, readUid } from './one-study.ts';

type Where = TrustFlags & { readonly to: string; readonly tokenFile: string };

const help = (example: string): string => `
What is erased is gone for ever: its keys are destroyed, so that nothing of it opens, in no copy of the stores either; then its
objects, and its places in every list. Links to it end. A hold stops all of it (exit code 2). --dry-run only says what
would go. Needs an administrator's token.

The exchange signs a certificate of it, which says from when on nothing can bring it back: when the last backup of keys has
ended that can still hold its keys. "symbolon erasure verify" verifies it.

Example:
  symbolon erasure ${example} --to https://localhost:8443 --token-file token.txt
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

function withHow(command: Command, example: string): Command {
  return withWhere(command, example)
    .addOption(new Option('--ground <why>', 'why').choices(erasureGrounds).default('other'))
    .option('--dry-run', 'only say what would be erased, and what holds it')
    .option('--yes', 'do not ask')
    .option('--wait', 'stay until it is certified')
    .option('--certificate <file>', 'stay until it is certified, and put the certificate in this new file');
}

const addOne = (read: (text: string) => string) => (text: string, before: readonly string[] | undefined) => [
  ...(before ?? []),
  read(text),
];

function studyCommand(finish: (code: number) => void): Command {
  const command = new Command('study')
    .summary('erase a study, or series and instances of it')
    .requiredOption('--study <uid>', 'its Study Instance UID, or its id', readStudy('--study'))
    .option('--series <uid>', 'only this series; can be given more than once', addOne(readUid('--series')))
    .option('--instance <uid>', 'only this instance; can be given more than once', addOne(readUid('--instance')));
  return withHow(command, 'study --study 1.2.840.113619.2.1.1 --ground retention-ended').action(
    async (flags: Where & HowToErase & StudyTarget) => {
      const exchange = await connected(flags);
      finish(await runErasure(exchange, await studyTarget(exchange, flags), flags));
    },
  );
}

function patientCommand(finish: (code: number) => void): Command {
  const command = new Command('patient')
    .summary('erase a patient and all their studies')
    .requiredOption('--study <uid>', 'the Study Instance UID of one of their studies', readStudy('--study'));
  return withHow(command, 'patient --study 1.2.840.113619.2.1.1 --ground asked-by-the-person').action(
    async (flags: Where & HowToErase & { readonly study: string }) => {
      const exchange = await connected(flags);
      const studyId = await oneStudy(exchange, flags.study);
      finish(await runErasure(exchange, { what: 'patient', studyId }, flags));
    },
  );
}

function accountCommand(finish: (code: number) => void): Command {
  const command = new Command('account')
    .summary('erase everything that the account holds, and close it')
    .requiredOption('--name <name>', 'the name of the account, letter by letter');
  return withHow(command, 'account --name "City Hospital" --ground contract-ended').action(
    async (flags: Where & HowToErase & { readonly name: string }) =>
      finish(await runErasure(await connected(flags), { what: 'account', accountName: flags.name }, flags)),
  );
}

async function list(flags: Where): Promise<number> {
  const exchange = await connected(flags);
  let count = 0;
  for (let offset: number | null = 0; offset !== null; ) {
    const page = await erasures(exchange, offset);
    for (const one of page.erasures) {
      count += 1;
      const by = one.askedBy === null ? '' : ` by ${one.askedBy}`;
      say(
        `${one.id}  ${minuteText(one.askedAt)}${by}  ${one.kind}: ${amountsText(one)}; ${one.ground}; ${stateText(one)}`,
      );
    }
    offset = page.next;
  }
  if (count === 0) say('Nothing was erased.');
  return exitCodes.done;
}

async function certificate(id: string, { out, ...flags }: Where & { readonly out: string }): Promise<number> {
  const exchange = await connected(flags);
  await withNewFile(out, () => erasureCertificate(exchange, id));
  say(`The certificate is in ${out}.`);
  return exitCodes.done;
}

/** Erasing for ever, how far it is, and its certificates. */
export function erasureCommand(finish: (code: number) => void): Command {
  return new Command('erasure')
    .summary('erase a study, a patient or an account for ever; certificates of it')
    .addCommand(studyCommand(finish))
    .addCommand(patientCommand(finish))
    .addCommand(accountCommand(finish))
    .addCommand(
      withWhere(new Command('list').summary('what was erased, and how far it is'), 'list').action(
        async (flags: Where) => finish(await list(flags)),
      ),
    )
    .addCommand(
      withWhere(
        new Command('certificate')
          .summary('get the certificate of an erasure')
          .argument('<id>', 'as "erasure list" gives it')
          .requiredOption('--out <file>', 'new file; never overwritten'),
        'certificate ID --out certificate.json',
      ).action(async (id: string, flags: Where & { out: string }) => finish(await certificate(id, flags))),
    )
    .addCommand(erasureVerifyCommand(finish));
}
