import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
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

/** Sets up the first account of an exchange as an operator would: through the command, with the local secret. */
export async function owner(exchange: Exchange, options: OwnerOptions = {}): Promise<Owner> {
  const {
    accountName = 'Klinikum Musterstadt',
    email = 'owner@example.org',
    password = `Fünf Enten gehen baden ${randomUUID()}`,
  } = options;
  // Beside the data folder, so that `dispose` deletes them too.
  const folder = dirname(exchange.dataDir);
  const passwordFile = join(folder, `password-${randomUUID()}`);
  const tokenFile = join(folder, `token-${randomUUID()}`);
  await writeFile(passwordFile, password, { mode: 0o600 });
  const result = await cli(
    [
      ...['setup', '--to', exchange.url, '--account', accountName, '--email', email],
      ...(options.name === undefined ? [] : ['--name', options.name]),
      ...['--password-file', passwordFile, '--token-out', tokenFile],
    ],
    { exchange },
  );
  if (result.code !== 0) throw new Error(`setup ended with ${result.code}: ${result.stderr}${result.stdout}`);
  const token = (await readFile(tokenFile, 'utf8')).trim();
  return { token, tokenFile, accountName, email, password };
}
