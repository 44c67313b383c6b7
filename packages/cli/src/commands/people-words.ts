import { type Exchange, me, users } from '@symbolon/client';
import type { HandedLink, UserRow } from '@symbolon/contract';
import type { Command } from 'commander';
import { CliError } from '../errors.ts';
import { signedInExchange, type TrustFlags, trustHelp, withTrustFlags } from '../exchange/options.ts';
import { withNewSecretFile } from '../exchange/secret-files.ts';
import { exitCodesHelp } from '../exit-codes.ts';
import { safeText } from '../terminal/safe-text.ts';
import { say } from './erasure-run.ts';
import { minuteText } from './erasure-words.ts';

/** Which exchange, and as whom. */
export type Where = TrustFlags & { readonly to: string; readonly tokenFile: string };

export const connected = ({ to, ...flags }: Where): Promise<Exchange> => signedInExchange(to, flags, 1);

/** A command that needs to be signed in, with its help. */
export function withWhere(command: Command, what: string, example: string): Command {
  const help = `\n${what}\n\nExample:\n  symbolon ${example} --to https://localhost:8443 --token-file token.txt\n${trustHelp}\n${exitCodesHelp}`;
  return withTrustFlags(
    command
      .requiredOption('--to <url>', 'the exchange')
      .requiredOption('--token-file <file>', 'file that holds the API token'),
  ).addHelpText('after', help);
}

const uuid = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** Somebody by their id, their e-mail address, or the word "me". */
export async function oneUser(exchange: Exchange, who: string): Promise<string> {
  if (uuid.test(who)) return who;
  const own = await me(exchange);
  const wanted = who.trim().toLowerCase();
  if (wanted === 'me' || wanted === own.email) return own.userId;
  const { users: found } = await users(exchange, { search: wanted, limit: 200 });
  const exact = found.find(({ email }) => email === wanted);
  if (exact) return exact.id;
  throw new CliError(
    'OPTION_WRONG',
    `nobody in the account has the e-mail address ${who}; "symbolon user list" names them`,
  );
}

/** Somebody in one line. */
export function userText({ id, name, email, kind, state, role, isOwner, lastUsedAt }: UserRow): string {
  const what = kind === 'service' ? 'program' : (email ?? '');
  const used = lastUsedAt === null ? 'never used' : `last used ${minuteText(lastUsedAt)}`;
  return `${id}  ${state.padEnd(9)} ${name} (${what}), ${role.name}${isOwner ? ', owner' : ''}, ${used}`;
}

/** Hands an invitation on, which the exchange shows once: into a new file, or to the terminal. Or says to whom it was mailed. */
export async function handOver(file: string | undefined, make: () => Promise<HandedLink>): Promise<void> {
  const made =
    file === undefined
      ? await make()
      : await withNewSecretFile(file, async () => {
          const invitation = await make();
          return { secret: 'address' in invitation ? invitation.address : undefined, result: invitation };
        });
  if ('mailedTo' in made) {
    say(`The invitation is mailed to ${safeText(made.mailedTo)}; nobody else is shown it.`);
    return;
  }
  const until = `until ${minuteText(made.expiresAt)} UTC, and works once`;
  if (file !== undefined) {
    say(`The address of the invitation is in ${file}. It is good ${until}.`);
    return;
  }
  say(`Invitation    ${made.address}`);
  say(`It is good ${until}; it is not shown again.`);
}
