import { setTimeout as pause } from 'node:timers/promises';
import { backUpNow, backups, drillNow, type Exchange, releaseHeld, setBackupPolicy } from '@symbolon/client';
import type { BackupDrill, BackupPolicy, BackupRun, BackupsAnswer } from '@symbolon/contract';
import { Command, InvalidArgumentError } from 'commander';
import { environment } from '../config.ts';
import { CliError } from '../errors.ts';
import { signedInExchange, type TrustFlags, trustHelp, withTrustFlags } from '../exchange/options.ts';
import { type ExitCode, exitCodes, exitCodesHelp } from '../exit-codes.ts';
import { bytesText, countText } from '../terminal/amounts.ts';
import { safeText } from '../terminal/safe-text.ts';

/** Loaded here only: the exchange is large, and the other commands should start at once. */
const server = () => import('@symbolon/server');
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const at = (moment: string): string => moment.slice(0, 16).replace('T', ' ');

type Asking = TrustFlags & { readonly to: string; readonly tokenFile: string };
type Waiting = Asking & { readonly now?: boolean; readonly wait?: boolean };

const help = `
Says when the exchange made its last backup of the data and what became of it; --now has one made at once, --wait stays until it is
there. Backups go to the place that SYMBOLON_BACKUPS names, by the schedule that "symbolon backup schedule" shows and sets. The token
must be an administrator's.

A backup holds the data and no keys, and opens with the keys of the exchange or not at all: "symbolon keys backup" is the other half.

"list" and "verify" read the place itself, with the keys that SYMBOLON_KEYS names, whether an exchange runs or not.

Example:
  symbolon backup --now --wait --to https://localhost:8443 --token-file token.txt
  symbolon backup list --from file:/mnt/backups
${trustHelp}
${exitCodesHelp}`;

const runText = ({ startedAt, state, code, objects, bytes, tableBytes, missing }: BackupRun): string => {
  if (state === 'failed') return `${at(startedAt)}  failed: ${code ?? ''}`;
  const gone = missing === 0 ? '' : `, ${countText(missing, 'object')} MISSING in the stores`;
  return `${at(startedAt)}  ${countText(objects, 'object')} copied, ${bytesText(bytes)}; tables ${bytesText(tableBytes)}${gone}`;
};

function drillText({ startedAt, result, code, packs, instances, lost, erased, loaded }: BackupDrill): string {
  if (result === 'running') return `${at(startedAt)}  under way`;
  if (result === 'failed') return `${at(startedAt)}  could not be done: ${code ?? ''}`;
  const how = loaded
    ? `${countText(packs, 'pack')} opened, ${countText(instances, 'instance')} compared`
    : 'read only: no database may be made on the server';
  const gone = erased === 0 ? '' : `, ${countText(erased, 'pack')} erased since`;
  return `${at(startedAt)}  ${result === 'good' ? 'good' : `BAD${code === null ? '' : ` (${code})`}`}: ${how}, ${lost} lost${gone}`;
}

function policyText({ everyHours, keepLast, keepDaily, keepWeekly, keepMonthly }: BackupPolicy): string {
  const often = everyHours === null ? 'when asked for' : `every ${countText(everyHours, 'hour')}`;
  return `${often}; kept are the last ${keepLast}, and one each of ${keepDaily} days, ${keepWeekly} weeks, ${keepMonthly} months`;
}

function summary(so: BackupsAnswer): string {
  const running = so.runs.find(({ state }) => state === 'running');
  const ended = so.runs.find(({ state }) => state !== 'running');
  const drillEvery = so.policy.drillEveryDays;
  const lines = [
    ['Place', so.place ?? 'none: SYMBOLON_BACKUPS says where backups go'],
    [
      'Under way',
      running ? `${running.phase}: ${countText(running.objects, 'object')}, ${bytesText(running.bytes)}` : 'no',
    ],
    ['Last', ended === undefined ? 'none yet' : runText(ended)],
    ['Schedule', policyText(so.policy)],
    ['Last trial', so.drills[0] === undefined ? 'none yet' : drillText(so.drills[0])],
    ['Trials', drillEvery === null ? 'when asked for' : `every ${countText(drillEvery, 'day')}`],
    ...(so.warning === null ? [] : [['WARNING', so.warning]]),
    ...(so.held === null
      ? []
      : [
          [
            'HELD',
            `${countText(so.held.tokens, 'token')}, ${countText(so.held.links, 'link')}, ${countText(so.held.grants, 'grant')}, and people who are suspended: ${so.held.people}, since the restore of ${at(so.held.restoredAt)}; see "symbolon backup held --help"`,
          ],
        ]),
  ];
  return `${lines.map(([what = '', text = '']) => `${what.padEnd(12)}${safeText(text)}`).join('\n')}\n`;
}

/** Stays until what was asked for has ended; what it ended with. */
async function until(
  exchange: Exchange,
  so: BackupsAnswer,
  over: (so: BackupsAnswer) => boolean,
): Promise<BackupsAnswer> {
  for (let told = ''; !over(so); so = await backups(exchange)) {
    const running = so.runs.find(({ state }) => state === 'running');
    const line = running
      ? `${running.phase}: ${countText(running.objects, 'object')}, ${bytesText(running.bytes)} ...\n`
      : '';
    if (line !== told) process.stderr.write(line);
    told = line;
    await pause(500);
  }
  return so;
}

async function status(flags: Waiting): Promise<ExitCode> {
  const exchange = await signedInExchange(flags.to, flags, 1);
  const before = await backups(exchange);
  let so = flags.now === true ? await backUpNow(exchange) : before;
  if (flags.wait === true) {
    const known = flags.now === true ? before.runs[0]?.id : undefined;
    so = await until(
      exchange,
      so,
      ({ runs, waiting }) =>
        !waiting.backup && runs[0]?.state !== 'running' && (flags.now !== true || runs[0]?.id !== known),
    );
  }
  process.stdout.write(summary(so));
  const [last] = so.runs;
  return flags.wait === true && (last?.state === 'failed' || (last?.missing ?? 0) > 0)
    ? exitCodes.damaged
    : exitCodes.done;
}

async function drill(flags: Waiting): Promise<ExitCode> {
  const exchange = await signedInExchange(flags.to, flags, 1);
  const known = (await backups(exchange)).drills[0]?.id;
  let so = await drillNow(exchange);
  if (flags.wait === true)
    so = await until(
      exchange,
      so,
      ({ drills, waiting }) => !waiting.drill && drills[0]?.id !== known && drills[0]?.result !== 'running',
    );
  process.stdout.write(summary(so));
  return flags.wait === true && so.drills[0]?.result !== 'good' ? exitCodes.damaged : exitCodes.done;
}

type ScheduleFlags = Asking & {
  readonly every?: number | null;
  readonly drillEvery?: number | null;
  readonly keepLast?: number;
  readonly keepDaily?: number;
  readonly keepWeekly?: number;
  readonly keepMonthly?: number;
};

/** A number with its unit, or "off". */
const every =
  (unit: 'h' | 'd') =>
  (text: string): number | null => {
    if (text.trim() === 'off') return null;
    const count = Number(new RegExp(`^(\\d{1,4}) ?${unit}$`).exec(text.trim())?.[1] ?? Number.NaN);
    if (count >= 1) return count;
    throw new InvalidArgumentError(`It is a number with its unit, such as ${unit === 'h' ? '24h' : '7d'}, or off.`);
  };
const amount = (text: string): number => {
  if (/^\d{1,4}$/.test(text.trim())) return Number(text);
  throw new InvalidArgumentError('It is a number.');
};

async function schedule({ every: hours, drillEvery, ...flags }: ScheduleFlags): Promise<ExitCode> {
  const exchange = await signedInExchange(flags.to, flags, 1);
  const { policy } = await backups(exchange);
  const wanted: BackupPolicy = {
    everyHours: hours === undefined ? policy.everyHours : hours,
    drillEveryDays: drillEvery === undefined ? policy.drillEveryDays : drillEvery,
    keepLast: flags.keepLast ?? policy.keepLast,
    keepDaily: flags.keepDaily ?? policy.keepDaily,
    keepWeekly: flags.keepWeekly ?? policy.keepWeekly,
    keepMonthly: flags.keepMonthly ?? policy.keepMonthly,
  };
  const changed = JSON.stringify(wanted) !== JSON.stringify(policy);
  const so = changed ? await setBackupPolicy(exchange, wanted) : policy;
  say(`Backups  ${policyText(so)}`);
  say(`Trials   ${so.drillEveryDays === null ? 'when asked for' : `every ${countText(so.drillEveryDays, 'day')}`}`);
  return exitCodes.done;
}

async function held({ release, end, ...flags }: Asking & { readonly release?: true; readonly end?: true }) {
  if (release === end) throw new CliError('OPTION_WRONG', 'name one of --release and --end');
  const exchange = await signedInExchange(flags.to, flags, 1);
  await releaseHeld(exchange, release ? 'release' : 'end');
  say(
    release
      ? 'Tokens, links and grants open again, and people are let in.'
      : 'Tokens, links and grants are ended for good. People stay suspended: let each in who is to be.',
  );
  return exitCodes.done;
}

type PlaceFlags = { readonly from?: string; readonly backup?: string };

async function list({ from }: PlaceFlags): Promise<ExitCode> {
  const { whole, wrong } = await (await server()).listBackups(environment, from);
  for (const { id, madeAt, instances, objects, bytes, missing } of whole)
    say(
      `${id}  ${at(madeAt)} UTC  ${countText(instances, 'pack')}, ${countText(objects, 'object')}, ${bytesText(bytes)}${missing === 0 ? '' : `, ${missing} missing`}`,
    );
  for (const { id, why } of wrong) say(`${safeText(id)}  ${safeText(why)}`);
  if (whole.length + wrong.length === 0) say('There is no backup in this place.');
  return wrong.length === 0 ? exitCodes.done : exitCodes.damaged;
}

async function verify({ from, backup }: PlaceFlags): Promise<ExitCode> {
  let told = 0;
  const { manifest, objects, bytes, damaged } = await (await server()).verifyBackupFrom(
    environment,
    from,
    backup,
    (count, read) => {
      if (performance.now() - told < 1_000) return;
      told = performance.now();
      process.stderr.write(`${countText(count, 'object')}, ${bytesText(read)} so far ...\n`);
    },
  );
  say(
    `Backup ${manifest.id} of ${at(manifest.madeAt)} UTC: all tables, ${countText(objects, 'object')}, ${bytesText(bytes)}.`,
  );
  for (const { store, name } of damaged) say(`  damaged or missing: ${store} ${name}`);
  for (const { store, name } of manifest.missing) say(`  was missing in the store already: ${store} ${name}`);
  return damaged.length + manifest.missing.length === 0 ? exitCodes.done : exitCodes.damaged;
}

const asking = (command: Command): Command =>
  withTrustFlags(
    command
      .requiredOption('--to <url>', 'the exchange')
      .requiredOption('--token-file <file>', "file that holds an administrator's API token"),
  ).addHelpText('after', help);

const fromOption = ['--from <place>', 'file:/path or s3:https://…; by default what SYMBOLON_BACKUPS names'] as const;
const backupOption = ['--backup <id>', 'by default the newest'] as const;

export function backupCommand(finish: (code: number) => void): Command {
  const command = new Command('backup')
    .summary('backups of the data: see, make, verify, schedule, try')
    .addHelpText('after', help);
  return command
    .addCommand(
      asking(new Command('status'))
        .summary('when the last one was made, and what became of it')
        .option('--now', 'have one made now')
        .option('--wait', 'stay until it is there')
        .action(async (flags: Waiting) => finish(await status(flags))),
      { isDefault: true },
    )
    .addCommand(
      new Command('list')
        .summary('the backups in a place')
        .option(...fromOption)
        .addHelpText('after', help)
        .action(async (flags: PlaceFlags) => finish(await list(flags))),
    )
    .addCommand(
      new Command('verify')
        .summary('read a whole backup again, to the last byte')
        .option(...fromOption)
        .option(...backupOption)
        .addHelpText('after', help)
        .action(async (flags: PlaceFlags) => finish(await verify(flags))),
    )
    .addCommand(
      asking(new Command('schedule'))
        .summary('see and set how often backups are made, and how long they are kept')
        .option('--every <hours>', 'such as 24h, or off', every('h'))
        .option('--drill-every <days>', 'such as 7d, or off', every('d'))
        .option('--keep-last <n>', 'the last so many', amount)
        .option('--keep-daily <n>', 'one each of so many days', amount)
        .option('--keep-weekly <n>', 'one each of so many weeks', amount)
        .option('--keep-monthly <n>', 'one each of so many months', amount)
        .action(async (flags: ScheduleFlags) => finish(await schedule(flags))),
    )
    .addCommand(
      asking(new Command('drill'))
        .summary('have a restore of the newest backup tried now')
        .option('--wait', 'stay until it has ended')
        .action(async (flags: Waiting) => finish(await drill(flags))),
    )
    .addCommand(
      asking(new Command('held'))
        .summary('decide about people, tokens, links and grants that a restore brought back')
        .option('--release', 'they open again')
        .option('--end', 'they never do')
        .action(async (flags: Asking & { release?: true; end?: true }) => finish(await held(flags))),
    );
}
