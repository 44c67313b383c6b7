import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { checkoutRoot } from '../checkout.ts';
import { cli } from './run-cli.ts';
import type { Exchange } from './start-exchange.ts';

export type Owner = {
  readonly token: string;
  readonly tokenFile: string;
  readonly accountName: string;
  readonly email: string;
  readonly password: string;
};

export type OwnerOptions = {
  readonly accountName?: string;
  /** As others see it; by default the e-mail address up to its @. */
  readonly name?: string;
  readonly email?: string;
  readonly password?: string;
};

/**
 * Sets up the first account of an exchange with its local secret: as `symbolon setup` does, whose own process would take as long
 * again as all that it asks for. An earlier release is asked by its own command.
 */
export async function owner(exchange: Exchange, options: OwnerOptions = {}): Promise<Owner> {
  const {
    accountName = 'Klinikum Musterstadt',
    email = 'owner@example.org',
    password = `Fünf Enten gehen baden ${randomUUID()}`,
  } = options;
  // Beside the data folder, so that `dispose` deletes it too.
  const tokenFile = join(dirname(exchange.dataDir), `token-${randomUUID()}`);
  const who = { accountName, email, password };
  const name = options.name === undefined ? {} : { name: options.name };
  if (exchange.checkout === checkoutRoot) await byRequest(exchange, { ...who, ...name }, tokenFile);
  else await byCommand(exchange, { ...who, ...name }, tokenFile);
  const token = (await readFile(tokenFile, 'utf8')).trim();
  return { token, tokenFile, ...who };
}

type Asked = Pick<Owner, 'accountName' | 'email' | 'password'> & { readonly name?: string };

async function byRequest({ url, ca, dataDir }: Exchange, asked: Asked, tokenFile: string): Promise<void> {
  const secret = (await readFile(join(dataDir, 'setup-secret'), 'utf8')).trim();
  const body = JSON.stringify({ ...asked, secret, as: 'token', changePassword: false });
  const answer = await new Promise<string>((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const sent = request(new URL('/api/v1/setup', url), { method: 'POST', headers, ca, agent: false }, (response) => {
      text(response).then(resolve, reject);
    });
    sent.once('error', reject);
    sent.end(body);
  });
  const { token } = JSON.parse(answer) as { token?: string };
  if (token === undefined) throw new Error(`setup was answered with ${answer}`);
  await writeFile(tokenFile, `${token}\n`, { mode: 0o600 });
}

async function byCommand(exchange: Exchange, asked: Asked, tokenFile: string): Promise<void> {
  const passwordFile = join(dirname(exchange.dataDir), `password-${randomUUID()}`);
  await writeFile(passwordFile, asked.password, { mode: 0o600 });
  const result = await cli(
    [
      ...['setup', '--to', exchange.url, '--account', asked.accountName, '--email', asked.email],
      ...(asked.name === undefined ? [] : ['--name', asked.name]),
      ...['--password-file', passwordFile, '--token-out', tokenFile],
    ],
    { exchange },
  );
  if (result.code !== 0) throw new Error(`setup ended with ${result.code}: ${result.stderr}${result.stdout}`);
}
