import { randomBytes, timingSafeEqual } from 'node:crypto';
import { readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '../platform/durable-file.ts';

/** The one-time set-up secret: a file in the data folder, from the first start until the first account is made. */
export class SetupSecret {
  readonly #file: string;
  constructor(dataFolder: string) {
    this.#file = join(dataFolder, 'setup-secret');
  }

  async #read(): Promise<string | undefined> {
    return readFile(this.#file, 'utf8').then(
      (text) => text.trim() || undefined,
      () => undefined,
    );
  }

  async readOrMake(): Promise<string> {
    const known = await this.#read();
    if (known) return known;
    const secret = randomBytes(24).toString('base64url');
    await writeDurably(this.#file, `${secret}\n`, 0o600);
    return secret;
  }

  async matches(given: string): Promise<boolean> {
    const known = Buffer.from((await this.#read()) ?? '');
    const offered = Buffer.from(given);
    return known.length > 0 && known.length === offered.length && timingSafeEqual(known, offered);
  }

  async discard(): Promise<void> {
    await unlink(this.#file).catch(() => {});
  }
}
