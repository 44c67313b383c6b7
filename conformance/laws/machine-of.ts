import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type CliResult,
  cli,
  type Exchange,
  freshFolder,
  lendPrograms,
  type NetworkedStores,
  type Owner,
  standsOnFolders,
  startExchange,
  startNetworkedStores,
} from '@symbolon/testbed';
import { expect } from 'vitest';
import { ask } from './ask.ts';

/** A machine for an exchange: empty folders, or an empty PostgreSQL and empty buckets. */
export type Machine = {
  readonly root: string;
  readonly dataDir: string;
  readonly keysDir: string;
  readonly env: Readonly<Record<string, string>>;
  /** A command on this machine, whether an exchange runs there or not. */
  command(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<CliResult>;
  start(env?: Readonly<Record<string, string>>): Promise<Exchange>;
  dispose(): Promise<void>;
};

/** `backups`: where the backups go; by default a folder of its own, or a bucket. `onDisk`: never in memory. */
export async function emptyMachine(
  backups?: string,
  { onDisk = false } = {},
): Promise<Machine & { readonly place: string }> {
  const root = await freshFolder(onDisk ? '/tmp' : undefined);
  const stores: NetworkedStores | undefined = standsOnFolders ? undefined : await startNetworkedStores();
  let own = `file:${join(root, 'backups')}`;
  if (stores) {
    await stores.swift.makeBucket('symbolon-backups');
    own = `s3:${stores.swift.endpoint}/symbolon-backups?path-style=true`;
  }
  const place = backups ?? own;
  const folders = { dataDir: join(root, 'd'), keysDir: join(root, 'k') };
  if (!stores) await lendPrograms(folders.dataDir);
  const env = { ...stores?.env, SYMBOLON_BACKUPS: place };
  const exchanges: Exchange[] = [];
  const dispose = async (): Promise<void> => {
    for (const exchange of exchanges) await exchange.dispose();
    await stores?.dispose();
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  };
  return {
    root,
    ...folders,
    env,
    place,
    command: (args, more = {}) =>
      cli(args, {
        env: { ...env, SYMBOLON_DATA: folders.dataDir, SYMBOLON_KEYS: folders.keysDir, ...more },
        timeoutMs: 240_000,
      }),
    async start(more = {}) {
      const exchange = await startExchange({ folders, env: { ...env, ...more } });
      exchanges.push(exchange);
      return exchange;
    },
    dispose,
  };
}

/** The passphrase of backups of keys, in a file. */
export async function passphraseIn(folder: string): Promise<string> {
  const file = join(folder, 'passphrase');
  await writeFile(file, 'quer über den großen Sylter Deich', { mode: 0o600 });
  return file;
}

/** Makes a backup and stays until it is there; the bytes that it wrote into its place. */
export async function backUp(
  exchange: Exchange,
  me: Owner,
): Promise<{ code: number; bytes: number; tableBytes: number; objects: number; stdout: string }> {
  const done = await cli(['backup', '--now', '--wait', '--to', exchange.url, '--token-file', me.tokenFile], {
    exchange,
    timeoutMs: 240_000,
  });
  const answer = await ask(exchange, '/api/v1/backups', me);
  expect(answer.status).toBe(200);
  const [run] = (answer.json() as { runs: { bytes: number; tableBytes: number; objects: number }[] }).runs;
  return { ...run!, code: done.code, stdout: done.stdout + done.stderr };
}
