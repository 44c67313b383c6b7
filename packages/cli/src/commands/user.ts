import {
  acceptInvitation,
  assignRole,
  changeUser,
  createService,
  createUser,
  type Exchange,
  inviteAgain,
  letUserIn,
  removeUser,
  requirePasswordChange,
  suspendUser,
  user,
  users,
} from '@symbolon/client';
import { type UserRow, type UserState, userStates } from '@symbolon/contract';
import { Command, Option } from 'commander';
import { CliError } from '../errors.ts';
import { anonymousExchange, type TrustFlags, trustHelp, withTrustFlags } from '../exchange/options.ts';
import { readSecret, withNewSecretFile } from '../exchange/secret-files.ts';
import { exitCodes, exitCodesHelp } from '../exit-codes.ts';
import { confirmedByWord } from '../terminal/confirm.ts';
import { safeText } from '../terminal/safe-text.ts';
import { say } from './erasure-run.ts';
import { minuteText } from './erasure-words.ts';
import { connected, handOver, oneUser, userText, type Where, withWhere } from './people-words.ts';
import { userFactorsCommand } from './user-factors.ts';
import { userResetCommand } from './user-reset.ts';

async function list({ search, state, ...where }: Where & { search?: string; state?: UserState }): Promise<number> {
  const exchange = await connected(where);
  for (let before: string | undefined; ; ) {
    const page = await users(exchange, { search, state, before, limit: 200 });
    for (const row of page.users) say(userText(row));
    if (page.next === null) return exitCodes.done;
    before = page.next;
  }
}

async function show(who: string, where: Where): Promise<number> {
  const exchange = await connected(where);
  const { user: row, memberOf, tokens, invitation } = await user(exchange, await oneUser(exchange, who));
  say(userText(row));
  for (const { name, kind, role } of memberOf)
    say(`${kind.padEnd(13)} ${name}${role === null ? '' : `, ${role.name}`}`);
  say(`Tokens        ${tokens}`);
  if (invitation) say(`Invited       by ${invitation.createdBy}, good until ${minuteText(invitation.expiresAt)} UTC`);
  return exitCodes.done;
}

type Create = Where & {
  readonly email?: string;
  readonly name?: string;
  readonly role?: string;
  readonly service?: true;
  readonly invitationOut?: string;
};

async function create({ email, name, role, service, invitationOut, ...where }: Create): Promise<number> {
  if (service ? email !== undefined || name === undefined : email === undefined)
    throw new CliError(
      'OPTION_WRONG',
      'a person needs --email; a program (--service) needs --name and has no e-mail address',
    );
  const exchange = await connected(where);
  if (service) say(userText(await createService(exchange, { name: name as string, roleId: role })));
  else
    await handOver(invitationOut, async () => {
      const made = await createUser(exchange, { email: email as string, name, roleId: role });
      say(userText(made.user));
      return made.invitation;
    });
  return exitCodes.done;
}

async function invite(who: string, { invitationOut, ...where }: Where & { invitationOut?: string }): Promise<number> {
  const exchange = await connected(where);
  const id = await oneUser(exchange, who);
  await handOver(invitationOut, async () => (await inviteAgain(exchange, id)).invitation);
  return exitCodes.done;
}

/** One change of one person, who is then shown as they are. */
async function changed(
  who: string,
  where: Where,
  change: (exchange: Exchange, id: string) => Promise<UserRow>,
): Promise<number> {
  const exchange = await connected(where);
  say(userText(await change(exchange, await oneUser(exchange, who))));
  return exitCodes.done;
}

async function remove(who: string, { yes, ...where }: Where & { yes?: true }): Promise<number> {
  const question = `All by which ${safeText(who)} reaches anything in the account ends. Type "remove" to go on: `;
  if (!yes && !(await confirmedByWord('remove', question))) {
    process.stderr.write('Nobody was removed.\n');
    return exitCodes.stopped;
  }
  return changed(who, where, removeUser);
}

type Accept = TrustFlags & {
  readonly to: string;
  readonly invitationFile: string;
  readonly passwordFile: string;
  readonly name?: string;
  readonly code?: string;
  readonly tokenOut: string;
};

async function accept({ to, invitationFile, passwordFile, name, code, tokenOut, ...flags }: Accept): Promise<number> {
  const address = (await readSecret(invitationFile, 'invitation')).trim();
  const secret = address.slice(address.indexOf('#') + 1);
  const password = await readSecret(passwordFile, 'password');
  const exchange = anonymousExchange(to, flags);
  await withNewSecretFile(tokenOut, async () => ({
    secret: (await acceptInvitation(exchange, { secret, password, name, code })).token,
    result: undefined,
  }));
  say(`The invitation is taken up. The API token is in ${tokenOut}; keep it as you keep a password.`);
  return exitCodes.done;
}

const acceptHelp = `
Takes an invitation up. Whoever signs in on this exchange already, in another account, gives the password they have; anybody
else chooses one.

Example:
  symbolon user accept --to https://exchange.example.org --invitation-file invitation.txt --password-file password.txt \\
    --token-out token.txt
${trustHelp}
${exitCodesHelp}`;

const who = ['<who>', 'e-mail address or id; "me" is oneself'] as const;
const invitationOut = [
  '--invitation-out <file>',
  'new file for the address of the invitation (default: it is shown)',
] as const;
const role = ['--role <id>', 'id of the role they get (default: guest, the lowest)'] as const;

/** The people and programs of the account. */
export function userCommand(finish: (code: number) => void): Command {
  const one = (name: string, summary: string, what: string, example: string) =>
    withWhere(new Command(name).summary(summary).argument(...who), what, `user ${name} ${example}`);
  const accepting = new Command('accept')
    .summary('take an invitation up')
    .requiredOption('--to <url>', 'the exchange')
    .requiredOption('--invitation-file <file>', 'file that holds the address of the invitation')
    .requiredOption('--password-file <file>', 'file that holds the password (a newline at its end is not part of it)')
    .option('--name <name>', 'what one wants to be called in the account')
    .option('--code <digits>', 'code of one’s authenticator app, where one has a second factor already')
    .requiredOption('--token-out <file>', 'new file for the API token; never overwritten');
  return new Command('user')
    .summary('people and programs of the account')
    .addCommand(
      withWhere(
        new Command('list')
          .summary('who is in the account')
          .option('--search <text>', 'only who has this in their name or e-mail address')
          .addOption(new Option('--state <state>', 'only who is in this state').choices(userStates)),
        'Lists the people and programs of the account. Those who were removed are listed with --state removed.',
        'user list',
      ).action(async (flags: Where) => finish(await list(flags))),
    )
    .addCommand(
      one('show', 'what is known of somebody', 'Shows role, groups, tokens and invitation.', 'ada@example.org').action(
        async (name: string, flags: Where) => finish(await show(name, flags)),
      ),
    )
    .addCommand(
      withWhere(
        new Command('create')
          .summary('add a person, who is invited, or a program')
          .option('--email <address>', 'e-mail address of a person')
          .option('--name <name>', 'as others see it (default: the e-mail address up to its @)')
          .option(...role)
          .option('--service', 'a program: it has tokens ("symbolon token issue") and nothing else')
          .option(...invitationOut),
        'Adds a person and gives the address of their invitation, which is shown once, works once, and for seven days.\nNobody can give a role that may more than they.',
        'user create --email ada@example.org --name "Ada Lovelace"',
      ).action(async (flags: Create) => finish(await create(flags))),
    )
    .addCommand(
      one(
        'invite',
        'a new invitation',
        'Makes a new invitation for somebody who has not come; the old one ends.',
        'ada@example.org',
      )
        .option(...invitationOut)
        .action(async (name: string, flags: Where) => finish(await invite(name, flags))),
    )
    .addCommand(
      withTrustFlags(accepting)
        .addHelpText('after', acceptHelp)
        .action(async (flags: Accept) => finish(await accept(flags))),
    )
    .addCommand(
      one('rename', 'change what somebody is called', 'Changes a name in this account.', 'me --name "Ada Lovelace"')
        .requiredOption('--name <name>', 'the new name')
        .action(async (of: string, { name, ...flags }: Where & { name: string }) =>
          finish(await changed(of, flags, (exchange, id) => changeUser(exchange, id, { name }))),
        ),
    )
    .addCommand(
      one(
        'role',
        'give somebody another role',
        'Nobody can give a role that may more than they.',
        'ada@example.org --role ID',
      )
        .requiredOption('--role <id>', 'id of the role')
        .action(async (of: string, { role: roleId, ...flags }: Where & { role: string }) =>
          finish(await changed(of, flags, (exchange, id) => assignRole(exchange, id, roleId))),
        ),
    )
    .addCommand(userResetCommand(finish))
    .addCommand(
      one(
        'suspend',
        'suspend somebody',
        'From the next request on nothing of theirs opens anything.',
        'ada@example.org',
      ).action(async (of: string, flags: Where) => finish(await changed(of, flags, suspendUser))),
    )
    .addCommand(
      one(
        'change-password',
        'have somebody choose a new password',
        'From their next request on they choose a new password before they go on, in every account. Tokens go on.',
        'ada@example.org',
      ).action(async (of: string, flags: Where) => finish(await changed(of, flags, requirePasswordChange))),
    )
    .addCommand(
      one('let-in', 'end a suspension', 'Tokens work again; they sign in anew.', 'ada@example.org').action(
        async (of: string, flags: Where) => finish(await changed(of, flags, letUserIn)),
      ),
    )
    .addCommand(
      one(
        'remove',
        'take somebody out',
        'What they did stays in the audit, what they sent in the account.',
        'ada@example.org',
      )
        .option('--yes', 'do not ask')
        .action(async (of: string, flags: Where) => finish(await remove(of, flags))),
    )
    .addCommand(userFactorsCommand(finish));
}
