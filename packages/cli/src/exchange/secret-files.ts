import { open, readFile, stat, unlink } from 'node:fs/promises';
import { CliError, systemCode } from '../errors.ts';

/** A secret from a file; the newline that editors put at the end is not part of it. */
export async function readSecret(file: string, what: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new CliError('FILE_UNREADABLE', `the ${what} cannot be read from ${file} (${systemCode(error)})`);
  }
  const secret = text.replace(/\r?\n$/, '');
  if (secret === '') throw new CliError('FILE_UNREADABLE', `the ${what} file ${file} is empty`);
  return secret;
}

/** A token travels in a header, where only visible ASCII may stand. */
export async function readToken(file: string): Promise<string> {
  const token = (await readSecret(file, 'token')).trim();
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new CliError(
    'FILE_UNREADABLE',
    `${file} holds no token; it should hold one line that "symbolon setup" or "symbolon token create" wrote`,
  );
}

/**
 * Makes a new file that only its owner can read, before there is a secret to put into it, and never in place of
 * another. What the caller does with it may fail, or there may be no secret for us; then the empty file goes away again.
 */
export async function withNewSecretFile<T>(
  file: string,
  make: () => Promise<{ secret: string | undefined; result: T }>,
): Promise<T> {
  const handle = await open(file, 'wx', 0o600).catch(async (error: unknown) => {
    if (systemCode(error) === 'EEXIST') {
      throw new CliError(
        'FILE_EXISTS',
        `${file} exists already and is never overwritten; name another file, or move that one away`,
      );
    }
    throw new CliError('FILE_NOT_WRITABLE', `${file} cannot be made (${systemCode(error)})`);
  });
  let written = false;
  try {
    const { secret, result } = await make();
    if (secret === undefined) return result;
    await handle.writeFile(`${secret}\n`);
    await handle.sync();
    written = true;
    return result;
  } finally {
    await handle.close();
    if (!written && (await stat(file)).size === 0) await unlink(file);
  }
}
