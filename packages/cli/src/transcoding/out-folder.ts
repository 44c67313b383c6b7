import { randomBytes } from 'node:crypto';
import { type FileHandle, link, lstat, mkdir, open, readdir, realpath, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import type { LateBytes } from '@symbolon/pixels';
import { CliError, systemCode } from '../errors.ts';

const partialName = '.symbolon-partial';
const partialFile = /^[0-9a-f]{16}$/;
/** What is written shows patients, wherever it lies. */
const fileMode = 0o600;
const folderMode = 0o700;
/** Whoever still writes to a file does so more often than that. */
const forgottenMs = 3_600_000;
const slash = Buffer.from(sep);

/** The folder that transcoded files go to. A name appears in it only when its file is whole, and never in place of another. */
export class OutFolder {
  readonly #folder: string;
  readonly #partial: string;
  readonly #made = new Set<string>();

  private constructor(folder: string) {
    this.#folder = folder;
    this.#partial = join(folder, partialName);
  }

  /** Made where it is missing. `sources`: what is read, none of which may hold it. */
  static async open(path: string, sources: readonly string[]): Promise<OutFolder> {
    const wanted = resolve(path);
    const place = join(await nearestReal(wanted), sep);
    for (const source of sources) {
      const given = await realpath(resolve(source)).catch(() => undefined);
      if (given !== undefined && place.startsWith(join(given, sep)))
        throw new CliError('OPTION_WRONG', `--out lies within ${source}, which is to be read; name a folder elsewhere`);
    }
    const folder = new OutFolder(wanted);
    const probe = join(folder.#partial, randomBytes(8).toString('hex'));
    try {
      await mkdir(folder.#partial, { recursive: true, mode: folderMode });
      await (await open(probe, 'wx', fileMode)).close();
      await rm(probe);
      await folder.#forgetOld();
    } catch (error) {
      throw new CliError(
        'FILE_NOT_WRITABLE',
        `${path} cannot be written to (${systemCode(error)}); name another folder with --out`,
      );
    }
    return folder;
  }

  /** What a run that was killed left unfinished; a run of the same time keeps its own. */
  async #forgetOld(): Promise<void> {
    for (const name of await readdir(this.#partial)) {
      const path = join(this.#partial, name);
      const { mtimeMs } = await lstat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
      if (partialFile.test(name) && Date.now() - mtimeMs > forgottenMs) await rm(path, { force: true });
    }
  }

  /**
   * Asks whether a name is free, before its file is read.
   * @throws CliError FILE_EXISTS
   */
  async requireFree(name: Buffer): Promise<void> {
    if (await exists(this.#pathOf(name))) throw taken();
  }

  #pathOf(name: Buffer): Buffer {
    return Buffer.concat([Buffer.from(this.#folder), slash, name]);
  }

  /**
   * Writes one file. `name` is its path below the folder, as bytes.
   * @throws CliError FILE_EXISTS
   */
  async write(name: Buffer, pieces: AsyncGenerator<Uint8Array, LateBytes | undefined>): Promise<number> {
    const path = this.#pathOf(name);
    const passing = join(this.#partial, randomBytes(8).toString('hex'));
    const file = await open(passing, 'wx', fileMode);
    try {
      const bytes = await fill(file, pieces);
      await file.sync();
      await file.close();
      await this.#makeFolder(Buffer.from(dirname(path.toString('latin1')), 'latin1'));
      await appear(passing, path);
      return bytes;
    } finally {
      await file.close().catch(() => undefined);
      await rm(passing, { force: true });
    }
  }

  async #makeFolder(path: Buffer): Promise<void> {
    const key = path.toString('latin1');
    if (this.#made.has(key)) return;
    await mkdir(path, { recursive: true, mode: folderMode });
    this.#made.add(key);
  }

  /** Makes the names durable, and takes away what only the work needed. */
  async close(): Promise<void> {
    for (const path of [...this.#made].map((key) => Buffer.from(key, 'latin1'))) {
      const folder = await open(path, 'r');
      await folder.sync().catch(() => undefined);
      await folder.close();
    }
    await rmdir(this.#partial).catch(() => undefined);
  }
}

/** Where a path really is; of one that is not there yet, the folder that would hold it. */
async function nearestReal(path: string): Promise<string> {
  return realpath(path).catch(() => (dirname(path) === path ? path : nearestReal(dirname(path))));
}

async function fill(file: FileHandle, pieces: AsyncGenerator<Uint8Array, LateBytes | undefined>): Promise<number> {
  let end = 0;
  for (;;) {
    const { done, value } = await pieces.next();
    if (!done) {
      await put(file, value, end);
      end += value.length;
      continue;
    }
    if (value !== undefined) await put(file, value.bytes, value.at);
    return end;
  }
}

async function put(file: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; )
    done += (await file.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
}

/** A second name, then the first goes: what stands there already is never replaced, however close the race. */
async function appear(passing: string, path: Buffer): Promise<void> {
  try {
    await link(passing, path);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') throw taken();
    // File systems of sticks and cards know no second names.
    if (!['EPERM', 'ENOTSUP', 'ENOSYS', 'EOPNOTSUPP', 'EMLINK'].includes(systemCode(error))) throw error;
    if (await exists(path)) throw taken();
    await rename(passing, path);
  }
}

const exists = (path: Buffer): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );

const taken = (): CliError =>
  new CliError('FILE_EXISTS', 'a file of that name stands in the folder already, and is never overwritten');
