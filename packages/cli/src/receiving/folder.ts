import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Original } from '@symbolon/contract';
import { CliError, systemCode } from '../errors.ts';
import { newHasher } from '../exchange/hasher.ts';
import { readPlain } from '../files/source.ts';

const partialName = '.symbolon-partial';
/** A transfer that lives writes at least every two minutes. */
const abandonedMs = 10 * 60_000;

/** The folder that files come back to. A name appears in it only when its file is whole, right and durable. */
export class ReceivingFolder {
  readonly #folder: string;
  readonly #partial: string;
  readonly #made = new Set<string>();

  constructor(folder: string) {
    this.#folder = folder;
    this.#partial = join(folder, partialName);
  }

  async open(): Promise<void> {
    try {
      await mkdir(this.#partial, { recursive: true });
    } catch (error) {
      throw new CliError(
        'FILE_NOT_WRITABLE',
        `${this.#folder} cannot be written to (${systemCode(error)}); name another folder with --out`,
      );
    }
    for (const name of await readdir(this.#partial)) {
      const path = join(this.#partial, name);
      const age = await stat(path).then(
        (found) => Date.now() - found.mtimeMs,
        () => 0,
      );
      if (age > abandonedMs) await rm(path, { force: true });
    }
  }

  async close(): Promise<void> {
    // Not empty where another fetch is at work in the same folder; then it is that one's to take away.
    await rmdir(this.#partial).catch(() => undefined);
  }

  /** Whether the very file is there already. */
  async has(name: string, { sha256, bytes }: Original): Promise<boolean> {
    const path = join(this.#folder, name);
    try {
      if ((await stat(path)).size !== bytes) return false;
      const hasher = newHasher();
      for await (const chunk of readPlain(path)) hasher.update(chunk);
      return hasher.hex() === sha256;
    } catch {
      return false;
    }
  }

  /** Writes a file under a passing name, and gives it its own only when `bytes` ended without throwing. */
  async write(name: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    const path = join(this.#folder, name);
    const passing = join(this.#partial, randomBytes(8).toString('hex'));
    const file = await open(passing, 'wx');
    try {
      for await (const chunk of bytes) {
        for (let at = 0; at < chunk.length; ) at += (await file.write(chunk, at)).bytesWritten;
      }
      await file.sync();
      await file.close();
      await this.#makeFolder(dirname(path));
      await rename(passing, path);
    } catch (error) {
      await file.close().catch(() => undefined);
      await rm(passing, { force: true });
      throw error;
    }
  }

  async #makeFolder(path: string): Promise<void> {
    if (this.#made.has(path)) return;
    await mkdir(path, { recursive: true });
    this.#made.add(path);
  }

  /** Makes the names durable as well. */
  async sync(): Promise<void> {
    for (const path of [...this.#made, this.#folder]) {
      const folder = await open(path, 'r');
      await folder.sync().catch(() => undefined);
      await folder.close();
    }
  }
}
