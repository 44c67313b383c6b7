import { open, rm } from 'node:fs/promises';
import { CliError, systemCode } from '../errors.ts';

/** Makes a new file before what is to stand in it, which costs something, is there. Where that fails, the empty file goes away again. */
export async function withNewFile(file: string, make: () => Promise<Uint8Array>): Promise<void> {
  const handle = await open(file, 'wx').catch((error: unknown) => {
    if (systemCode(error) === 'EEXIST')
      throw new CliError('FILE_EXISTS', `${file} exists already and is never overwritten; name another file`);
    throw new CliError('FILE_NOT_WRITABLE', `${file} cannot be made (${systemCode(error)})`);
  });
  let written = false;
  try {
    await handle.writeFile(await make());
    await handle.sync();
    written = true;
  } finally {
    await handle.close();
    if (!written) await rm(file, { force: true });
  }
}
