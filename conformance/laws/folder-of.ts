import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type CliResult, cli, type Exchange } from '@symbolon/testbed';

export const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Writes files under a folder by their own names, nothing beside them; returns the digest of each, by its name. */
export async function folderOf(
  folder: string,
  files: Iterable<{ readonly name: string; readonly bytes: Uint8Array }>,
): Promise<Map<string, string>> {
  const digests = new Map<string, string>();
  for (const { name, bytes } of files) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
    digests.set(name, digestOf(bytes));
  }
  return digests;
}

/** The digests of all files in a folder, sorted; each as often as it is there. */
export async function digestsIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return (
    await Promise.all(files.map(async ({ parentPath, name }) => digestOf(await readFile(join(parentPath, name)))))
  ).sort();
}

export type ReceiptFile = {
  readonly statement: { readonly instances: readonly { readonly sha256: string; readonly bytes: number }[] };
  readonly contents: {
    readonly taken: readonly { path: string; sha256: string; bytes: number; outcome: string; held?: string }[];
    readonly refused: readonly { path: string; sha256?: string; code: string; reason: string }[];
  };
};

export async function readReceipt(file: string): Promise<ReceiptFile> {
  return JSON.parse(await readFile(file, 'utf8')) as ReceiptFile;
}

type Sender = { readonly tokenFile: string };
export type SendOptions = { readonly to?: string; readonly more?: readonly string[]; readonly timeoutMs?: number };

export function send(
  exchange: Exchange,
  { tokenFile }: Sender,
  folder: string,
  receipt: string,
  { to = exchange.url, more = [], timeoutMs = 120_000 }: SendOptions = {},
): Promise<CliResult> {
  const args = ['send', folder, '--to', to, '--token-file', tokenFile, '--receipt', receipt, ...more];
  return cli(args, { exchange, timeoutMs });
}

export function fetchStudy(exchange: Exchange, { tokenFile }: Sender, study: string, out: string): Promise<CliResult> {
  return cli(['fetch', '--study', study, '--out', out, '--from', exchange.url, '--token-file', tokenFile], {
    exchange,
  });
}
