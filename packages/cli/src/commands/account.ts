import { account, accounts, changeAccount, createAccount, inviteOwnerAgain, transferAccount } from '@symbolon/client';
import type { AccountRow } from '@symbolon/contract';
import { Command } from 'commander';
import { exitCodes } from '../exit-codes.ts';
import { countText } from '../terminal/amounts.ts';
import { say } from './erasure-run.ts';
import { connected, handOver, oneUser, type Where, withWhere } from './people-words.ts';

function accountText({ id, name, owner, operates, users, closedAt }: AccountRow): string {
  const of = owner === null ? 'no owner' : `owner ${owner.name}${owner.email === null ? '' : ` (${owner.email})`}`;
  const more = `${operates ? ', operates the exchange' : ''}${closedAt === null ? '' : ', closed'}`;
  return `${id}  ${name}, ${of}, ${countText(users, 'user')}${more}`;
}

async function list(where: Where): Promise<number> {
  const exchange = await connected(where);
  for (let before: string | undefined; ; ) {
    const page = await accounts(exchange, { before, limit: 200 });
    for (const row of page.accounts) say(accountText(row));
    if (page.next === null) return exitCodes.done;
    before = page.next;
  }
}

type Create = Where & {
  readonly name: string;
  readonly ownerEmail: string;
  readonly ownerName?: string;
  readonly invitationOut?: string;
};

async function create({ name, ownerEmail, ownerName, invitationOut, ...where }: Create): Promise<number> {
  const exchange = await connected(where);
  await handOver(invitationOut, async () => {
    const made = await createAccount(exchange, { name, owner: { email: ownerEmail, name: ownerName } });
    say(accountText(made.account));
    return made.invitation;
  });
  return exitCodes.done;
}

/** The account, and, for who operates the exchange, the others. */
export function accountCommand(finish: (code: number) => void): Command {
  const out = ['--invitation-out <file>', 'new file for the address of the invitation (default: it is shown)'] as const;
  return new Command('account')
    .summary('the account, and the others of the exchange')
    .addCommand(
      withWhere(
        new Command('show').summary('the account one is in'),
        'Shows its id, name and owner.',
        'account show',
      ).action(async (flags: Where) => {
        say(accountText(await account(await connected(flags))));
        finish(exitCodes.done);
      }),
    )
    .addCommand(
      withWhere(
        new Command('list').summary('the accounts of the exchange'),
        'Lists all accounts. For the account that operates the exchange.',
        'account list',
      ).action(async (flags: Where) => finish(await list(flags))),
    )
    .addCommand(
      withWhere(
        new Command('create')
          .summary('make another account')
          .requiredOption('--name <name>', 'name of the organisation')
          .requiredOption('--owner-email <address>', 'e-mail address of its owner, who is invited')
          .option('--owner-name <name>', 'as others see it (default: the e-mail address up to its @)')
          .option(...out),
        'Makes an account with keys of its own, and gives the address of the invitation of its owner. Nobody else is in it.',
        'account create --name "North Clinic" --owner-email north@example.org',
      ).action(async (flags: Create) => finish(await create(flags))),
    )
    .addCommand(
      withWhere(
        new Command('invite')
          .summary('a new invitation for its owner')
          .argument('<id>', 'as "account list" gives it')
          .option(...out),
        'Makes a new invitation for the owner of an account who has not come; the old one ends.',
        'account invite ID',
      ).action(async (id: string, { invitationOut, ...flags }: Where & { invitationOut?: string }) => {
        const exchange = await connected(flags);
        await handOver(invitationOut, () => inviteOwnerAgain(exchange, id));
        finish(exitCodes.done);
      }),
    )
    .addCommand(
      withWhere(
        new Command('rename').summary('change its name').requiredOption('--name <name>', 'the new name'),
        'Changes the name of the account one is in.',
        'account rename --name "City Hospital"',
      ).action(async ({ name, ...flags }: Where & { name: string }) => {
        say(accountText(await changeAccount(await connected(flags), { name })));
        finish(exitCodes.done);
      }),
    )
    .addCommand(
      withWhere(
        new Command('transfer')
          .summary('make somebody else its owner')
          .argument('<who>', 'e-mail address or id of an administrator'),
        'Gives the account to another of its active administrators. Only its owner can; they stay an administrator.',
        'account transfer ada@example.org',
      ).action(async (who: string, flags: Where) => {
        const exchange = await connected(flags);
        say(accountText(await transferAccount(exchange, await oneUser(exchange, who))));
        finish(exitCodes.done);
      }),
    );
}
