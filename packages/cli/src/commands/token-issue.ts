import { issueToken, revokeToken, tokens } from '@symbolon/client';
import { allPermissions, type Permission, type TokenRow } from '@symbolon/contract';
import { Command, InvalidArgumentError, Option } from 'commander';
import { withNewSecretFile } from '../exchange/secret-files.ts';
import { exitCodes } from '../exit-codes.ts';
import { say } from './erasure-run.ts';
import { minuteText } from './erasure-words.ts';
import { connected, oneUser, type Where, withWhere } from './people-words.ts';
import { wholeNumber } from './values.ts';

const dayMs = 86_400_000;

function tokenText({ id, label, holder, state, scope, expiresAt, lastUsedAt }: TokenRow): string {
  const carries = scope === null ? 'all that they may' : scope.join(' ');
  const ends = expiresAt === null ? 'without an end' : `until ${minuteText(expiresAt)}`;
  const used = lastUsedAt === null ? 'never used' : `last used ${minuteText(lastUsedAt)}`;
  return `${id}  ${state.padEnd(7)} ${label}, of ${holder.name}: ${carries}, ${ends}, ${used}`;
}

type Issue = Where & {
  readonly for: string;
  readonly label: string;
  readonly days?: number;
  readonly scope?: Permission[];
  readonly address?: string[];
  readonly tokenOut: string;
};

async function issue({ for: who, label, days, scope, address = [], tokenOut, ...where }: Issue): Promise<number> {
  const exchange = await connected(where);
  const holder = await oneUser(exchange, who);
  const expiresAt = days === undefined ? null : new Date(Date.now() + days * dayMs).toISOString();
  const made = await withNewSecretFile(tokenOut, async () => {
    const { secret, token } = await issueToken(exchange, holder, {
      ...{ label, expiresAt, scope: scope ?? null, addresses: address },
    });
    return { secret, result: token };
  });
  say(tokenText(made));
  say(`The API token is in ${tokenOut}; keep it as you keep a password.`);
  return exitCodes.done;
}

async function list({ user, all, ...where }: Where & { user?: string; all?: true }): Promise<number> {
  const exchange = await connected(where);
  const of = user === undefined ? {} : { user: await oneUser(exchange, user) };
  for (let before: string | undefined; ; ) {
    const page = await tokens(exchange, { ...of, all: all ? 'true' : 'false', before, limit: 200 });
    for (const row of page.tokens) say(tokenText(row));
    if (page.next === null) return exitCodes.done;
    before = page.next;
  }
}

function permission(text: string, before: Permission[] = []): Permission[] {
  const found = allPermissions.find((one) => one === text);
  if (found === undefined) throw new InvalidArgumentError('It is the name of a permission, such as study.view.own.');
  return [...before, found];
}

/** What who is signed in does with tokens: one for oneself or a program, the list, an end. */
export function tokenCommands(finish: (code: number) => void): Command[] {
  return [
    withWhere(
      new Command('issue')
        .summary('make a token for oneself or a program, with a scope')
        .option('--for <who>', 'oneself ("me"), or the id of a program', 'me')
        .requiredOption('--label <text>', 'what the token is for, as it will be listed')
        .addOption(
          new Option(
            '--days <number>',
            'how long it lives; a person must say it (at most 366), for a program it may be absent',
          ).argParser(wholeNumber(1, 36_600)),
        )
        .addOption(new Option('--scope <permission>', 'carry only this; again for more').argParser(permission))
        .option(
          '--address <range>',
          'usable only from this address or range; again for more',
          (one, all: string[] = []) => [...all, one],
        )
        .requiredOption('--token-out <file>', 'new file for the token; never overwritten'),
      'Makes an API token. It carries no more than its maker has.',
      'token issue --label "CT workstation" --days 90 --scope instance.store --token-out ct.txt',
    ).action(async (flags: Issue) => finish(await issue(flags))),
    withWhere(
      new Command('list')
        .summary('the tokens of the account, or one’s own')
        .option('--user <who>', 'only those of this person or program')
        .option('--all', 'also those that are over or were revoked'),
      'Lists tokens by what they are for; never the tokens themselves.',
      'token list',
    ).action(async (flags: Where) => finish(await list(flags))),
    withWhere(
      new Command('revoke').summary('end a token').argument('<id>', 'as "token list" gives it'),
      'From the next request on the token opens nothing.',
      'token revoke ID',
    ).action(async (id: string, flags: Where) => {
      say(tokenText(await revokeToken(await connected(flags), id)));
      finish(exitCodes.done);
    }),
  ];
}
