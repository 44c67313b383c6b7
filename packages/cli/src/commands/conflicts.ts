import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { chooseInConflict, conflict, conflicts, type Exchange, keptFile, undoChoice } from '@symbolon/client';
import type { ConflictAnswer, KeptInstance } from '@symbolon/contract';
import { Command, Option } from 'commander';
import { CliError, systemCode } from '../errors.ts';
import { signedInExchange, type TrustFlags, trustHelp, withTrustFlags } from '../exchange/options.ts';
import { exitCodes, exitCodesHelp } from '../exit-codes.ts';
import { countText } from '../terminal/amounts.ts';
import { safeText } from '../terminal/safe-text.ts';

type Flags = TrustFlags & { readonly from: string; readonly tokenFile: string };
type StudyFlags = Flags & { readonly study: string };

const help = (example: string): string => `
What was kept aside: files that came under the SOP Instance UID of one that is held, with other bytes. Nothing was
overwritten. Look at the differences, then choose which is current; the other stays kept, and the choice can be undone.

Example:
  symbolon conflicts ${example} --from https://exchange.example.org --token-file token.txt
${trustHelp}
${exitCodesHelp}`;

const say = (...lines: readonly string[]): void => {
  for (const line of lines) process.stdout.write(`${safeText(line)}\n`);
};

const connected = (flags: Flags): Promise<Exchange> => signedInExchange(flags.from, flags, 1);

async function list(flags: Flags & { readonly decided?: true }): Promise<number> {
  const exchange = await connected(flags);
  const state = flags.decided ? 'decided' : 'open';
  let count = 0;
  for (let before: string | null | undefined; before !== null; ) {
    const page = await conflicts(exchange, before === undefined ? { state } : { state, before });
    for (const { study, open, decided, sentBy, lastSentAt } of page.conflicts) {
      count += 1;
      const whose = [study.patientName, study.date ?? '', study.description].filter((text) => text !== '').join(', ');
      say(`${study.id}  ${open} open, ${decided} decided, sent by ${sentBy.join(', ')} ${lastSentAt}  ${whose}`);
    }
    before = page.next;
  }
  if (count === 0) say('Nothing is kept aside.');
  return exitCodes.done;
}

async function* pagesOf(exchange: Exchange, study: string): AsyncGenerator<ConflictAnswer> {
  for (let after: string | null = null; ; ) {
    const page: ConflictAnswer = await conflict(exchange, study, after);
    yield page;
    if (page.next === null) return;
    after = page.next;
  }
}

const value = (text: string | null): string => (text === null ? '(not there)' : text === '' ? '(empty)' : text);

function tellInstance(one: KeptInstance): void {
  say(
    `${one.id}  ${one.state}  series ${one.seriesNumber ?? '?'} image ${one.instanceNumber ?? '?'}, sent by ${one.sentBy} ${one.sentAt}`,
    `  SHA-256 held ${one.held?.sha256 ?? '(nothing else is here)'}`,
    `  SHA-256 new  ${one.sent.sha256}`,
    `  pixels ${one.pixels}${one.framesDifferent === null || one.frames === null ? '' : `, ${one.framesDifferent} of ${countText(one.frames, 'frame')} different`}`,
  );
  for (const { path, name, held, sent } of one.differences)
    say(`  ${path} ${name}`, `    held ${value(held)}`, `    new  ${value(sent)}`);
  if (one.moreDifferences > 0) say(`  and ${countText(one.moreDifferences, 'more difference')}`);
  if (one.unreadable) say('  the values cannot be compared');
}

async function show(flags: StudyFlags): Promise<number> {
  const exchange = await connected(flags);
  let choices: ConflictAnswer['choices'] = [];
  for await (const page of pagesOf(exchange, flags.study)) {
    for (const one of page.instances) tellInstance(one);
    choices = page.choices;
  }
  for (const { id, choice, instances, by, at, undoneAt } of choices)
    say(
      `choice ${id}  ${choice} for ${countText(instances, 'file')} by ${by} ${at}${undoneAt === null ? '' : ', undone'}`,
    );
  return exitCodes.done;
}

type ChooseFlags = StudyFlags & { readonly take: 'held' | 'new'; readonly instance?: readonly string[] };

async function choose({ take, instance, study, ...flags }: ChooseFlags): Promise<number> {
  const exchange = await connected(flags);
  const { until } = await conflict(exchange, study, null);
  const row = await chooseInConflict(exchange, study, {
    choice: take,
    until,
    ...(instance === undefined ? {} : { instances: [...instance] }),
  });
  say(
    `Chosen: ${take} for ${countText(row.instances, 'file')}. To undo: symbolon conflicts undo --study ${study} --choice ${row.id}`,
  );
  return exitCodes.done;
}

async function undo({ study, choice, ...flags }: StudyFlags & { readonly choice: string }): Promise<number> {
  const row = await undoChoice(await connected(flags), study, choice);
  say(`Undone: ${countText(row.instances, 'file')} as before.`);
  return exitCodes.done;
}

/** Writes to a new file; what came back other than asked for is not left there. */
async function get({ study, sha256, out, ...flags }: StudyFlags & { readonly sha256: string; readonly out: string }) {
  const exchange = await connected(flags);
  const { body } = await keptFile(exchange, study, sha256);
  const file = await open(out, 'wx').catch((error: unknown) => {
    throw new CliError('FILE_NOT_WRITABLE', `${out} cannot be written (${systemCode(error)}); it is never overwritten`);
  });
  const digest = createHash('sha256');
  let whole = false;
  try {
    for await (const piece of body) {
      digest.update(piece);
      await file.writeFile(piece);
    }
    await file.sync();
    whole = digest.digest('hex') === sha256;
  } finally {
    await file.close();
    if (!whole) await rm(out, { force: true });
  }
  say(whole ? `The file is in ${out}.` : 'DAMAGED: what came back is not what was asked for, and was not kept.');
  return whole ? exitCodes.done : exitCodes.damaged;
}

const withExchange = (command: Command, example: string): Command =>
  withTrustFlags(
    command
      .requiredOption('--from <url>', 'the exchange')
      .requiredOption('--token-file <file>', 'file that holds an API token'),
  ).addHelpText('after', help(example));

const study = (): Option =>
  new Option('--study <id>', 'the id of the study, as "conflicts list" gives it')
    .makeOptionMandatory()
    .argParser((text) => {
      if (/^[0-9a-f-]{36}$/.test(text)) return text;
      throw new CliError('OPTION_WRONG', '--study takes the id that "symbolon conflicts list" gives, not a UID');
    });

/** What was kept aside: list, compare, choose, undo, and get the files. */
export function conflictsCommand(finish: (code: number) => void): Command {
  const listing = withExchange(
    new Command('list').summary('studies of which files were kept aside').option('--decided', 'those that are decided'),
    'list',
  ).action(async (flags: Flags) => finish(await list(flags)));
  const showing = withExchange(
    new Command('show').summary('how they differ from those held').addOption(study()),
    'show --study ID',
  ).action(async (flags: StudyFlags) => finish(await show(flags)));
  const choosing = withExchange(
    new Command('choose')
      .summary('choose which is current')
      .addOption(study())
      .addOption(
        new Option('--take <which>', 'what is held, or what came later').choices(['held', 'new']).makeOptionMandatory(),
      )
      .option('--instance <id...>', 'only these, as "conflicts show" names them (default: all that are open)'),
    'choose --study ID --take new',
  ).action(async (flags: ChooseFlags) => finish(await choose(flags)));
  const undoing = withExchange(
    new Command('undo')
      .summary('undo a choice')
      .addOption(study())
      .requiredOption('--choice <id>', 'as "conflicts choose" and "conflicts show" give it'),
    'undo --study ID --choice ID',
  ).action(async (flags: StudyFlags & { readonly choice: string }) => finish(await undo(flags)));
  const getting = withExchange(
    new Command('get')
      .summary('the file of one version, held or kept aside')
      .addOption(study())
      .requiredOption('--sha256 <hex>', 'as "conflicts show" gives it')
      .requiredOption('--out <file>', 'new file; never overwritten'),
    'get --study ID --sha256 HEX --out image.dcm',
  ).action(async (flags: Parameters<typeof get>[0]) => finish(await get(flags)));
  return new Command('conflicts')
    .summary('what was kept aside: list, show, choose, undo, get')
    .addCommand(listing)
    .addCommand(showing)
    .addCommand(choosing)
    .addCommand(undoing)
    .addCommand(getting);
}
