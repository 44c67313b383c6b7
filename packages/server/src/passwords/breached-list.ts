import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';

/** One line is the 40 digits of a SHA-1, a colon, a count, and CR LF: some 45 bytes. */
const blockBytes = 4096;
const longestLine = 64;
const samples = 64;
const form = /^([0-9A-F]{40}):\d{1,12}$/i;

/**
 * Passwords that were leaked elsewhere, in a file as the downloader of Have I Been Pwned writes it: `SHA1:count` lines, in the
 * order of the hashes, tens of gigabytes. It is asked here alone: nothing of a password goes anywhere.
 *
 * Cost    of a question a handful of reads of 4 KiB: hashes are spread evenly, so that the place of one can be reckoned.
 * Source  https://github.com/HaveIBeenPwned/PwnedPasswordsDownloader (single file)
 */
export class BreachedList {
  readonly #file: FileHandle;
  readonly #bytes: number;

  private constructor(file: FileHandle, bytes: number) {
    this.#file = file;
    this.#bytes = bytes;
  }

  /** Opens it, and looks at its two ends and at places between whether they are lines of hashes in order. @throws Error with what is wrong */
  static async open(path: string): Promise<BreachedList> {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const list = new BreachedList(file, size);
      let before = '';
      for (let at = 0; at <= samples; at += 1) {
        const line = await list.#firstLine(Math.floor((size * at) / (samples + 1)));
        if (line === undefined ? at === 0 : line.hash < before)
          throw new Error('is not a list of SHA-1 hashes in their order, SHA1:count on each line');
        before = line?.hash ?? before;
      }
      return list;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  /** Whether this very password is in it. */
  async has(password: string): Promise<boolean> {
    const wanted = createHash('sha1').update(password).digest('hex').toUpperCase();
    // What is looked for begins at or after `low`, and before `high`; by turns the place is reckoned and the middle taken.
    let [low, high] = [0, this.#bytes];
    let [lowHash, highHash] = ['0'.repeat(40), 'F'.repeat(40)];
    for (let turn = 0; high - low > blockBytes; turn += 1) {
      const share = turn % 2 === 0 ? shareOf(wanted, lowHash, highHash) : 0.5;
      const at = Math.min(Math.max(low + Math.floor((high - low) * share), low + 1), high - longestLine);
      const line = await this.#firstLine(at);
      if (line === undefined || line.at >= high) high = at;
      else if (line.hash === wanted) return true;
      else if (line.hash < wanted) [low, lowHash] = [line.at, line.hash];
      else [high, highHash] = [Math.min(at, high - 1), line.hash];
    }
    const text = await this.#read(Math.max(0, low - 1), high - low + longestLine + 1);
    return text.split('\n').some((line) => line.slice(0, 40).toUpperCase() === wanted);
  }

  /** The first whole line that begins at this byte or after it. */
  async #firstLine(at: number): Promise<{ readonly at: number; readonly hash: string } | undefined> {
    // From the byte before: where that ends a line, one begins here.
    const from = Math.max(0, at - 1);
    const text = await this.#read(from, 3 * longestLine);
    const start = at === 0 ? 0 : text.indexOf('\n') + 1;
    if (at > 0 && start === 0) return undefined;
    const [line = ''] = text.slice(start).split('\n');
    const hash = form.exec(line.trimEnd())?.[1]?.toUpperCase();
    if (hash !== undefined) return { at: from + start, hash };
    if (line.trim() === '') return undefined;
    throw new Error('is not a list of SHA-1 hashes in their order, SHA1:count on each line');
  }

  async #read(at: number, length: number): Promise<string> {
    const { bytesRead, buffer } = await this.#file.read(Buffer.alloc(length), 0, length, at);
    return buffer.toString('latin1', 0, bytesRead);
  }
}

/** Where a hash lies between two others, from 0 to 1, by their first 48 bits. */
function shareOf(wanted: string, low: string, high: string): number {
  const [at, from, to] = [wanted, low, high].map((hash) => Number.parseInt(hash.slice(0, 12), 16)) as [
    number,
    number,
    number,
  ];
  return to > from ? Math.min(1, Math.max(0, (at - from) / (to - from))) : 0.5;
}
