import { randomBytes } from 'node:crypto';
import { open, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { askReceipt, type Exchange, maxReceiptFiles, Patience } from '@symbolon/client';
import { receiptText } from '@symbolon/contract';
import { CliError, systemCode } from '../errors.ts';
import { worldClock } from '../exchange/clock.ts';
import { newHasher } from '../exchange/hasher.ts';
import type { SendOptions, Sent } from './send-files.ts';

/** Refuses, before an hour of sending, a place where the receipt could not be written. */
export async function checkReceiptPlace(file: string): Promise<void> {
  const folder = dirname(file);
  const probe = join(folder, `.symbolon-${randomBytes(6).toString('hex')}`);
  try {
    if (
      await stat(file).then(
        (found) => found.isDirectory(),
        () => false,
      )
    )
      throw Object.assign(new Error(), { code: 'EISDIR' });
    await (await open(probe, 'wx', 0o600)).close();
    await unlink(probe);
  } catch (error) {
    throw new CliError(
      'FILE_NOT_WRITABLE',
      `the receipt cannot be written to ${file} (${systemCode(error)}); name another place with --receipt`,
    );
  }
}

/** Appears whole or not at all; for its owner only, since it holds the names of files. */
async function writePrivately(file: string, text: string): Promise<void> {
  const folder = dirname(file);
  const partial = join(folder, `.${basename(file)}.${randomBytes(6).toString('hex')}`);
  const handle = await open(partial, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
    await handle.close();
    await rename(partial, file);
  } catch (error) {
    await handle.close().catch(() => undefined);
    await unlink(partial).catch(() => undefined);
    throw error;
  }
}

/** `x.json`, then `x.2.json`, … where one receipt cannot hold all files. */
function partName(file: string, part: number): string {
  return part === 0 ? file : file.replace(/(\.[^./]*)?$/, `.${part + 1}$1`);
}

/** Asks for a receipt over everything that is held now, and writes it. Answers the names of the files. */
export async function writeReceipts(
  exchange: Exchange,
  file: string,
  sent: Sent,
  options: SendOptions,
): Promise<string[]> {
  const { giveUpAfterMs, signal } = options;
  const patience = new Patience(worldClock, { giveUpAfterMs, signal });
  const names: string[] = [];
  // Where nothing was taken, the receipt names what was refused and why.
  for (let at = 0; at === 0 || at < sent.taken.length; at += maxReceiptFiles) {
    const contents = { taken: sent.taken.slice(at, at + maxReceiptFiles), refused: at === 0 ? [...sent.refused] : [] };
    const receipt = await patience.persist(() => askReceipt(exchange, contents, newHasher, signal));
    const name = partName(file, names.length);
    await writePrivately(name, receiptText(receipt));
    names.push(name);
  }
  return names;
}
