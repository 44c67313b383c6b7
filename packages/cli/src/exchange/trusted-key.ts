import { readFile } from 'node:fs/promises';
import { readFingerprint, readPublicKey, type TrustedKey } from '@symbolon/client';
import { type Command, Option } from 'commander';
import { CliError, systemCode } from '../errors.ts';

export type KeyFlags = { readonly key?: string; readonly fingerprint?: string };

/** The options that say with whose key something must be signed: never with the one that it brings along. */
export function withKeyFlags(command: Command): Command {
  return command
    .addOption(new Option('--key <file>', "the exchange's key in PEM form").conflicts('fingerprint'))
    .option('--fingerprint <hex>', "the SHA-256 of the exchange's key, as it prints it when it starts");
}

export async function readWhole(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new CliError('FILE_UNREADABLE', `${file} cannot be read (${systemCode(error)})`);
  }
}

/** `what`: for the message, such as "receipt". */
export async function trustedKey({ key, fingerprint }: KeyFlags, what: string): Promise<TrustedKey> {
  if (key !== undefined) return readPublicKey((await readWhole(key)).toString('latin1'));
  if (fingerprint !== undefined) return readFingerprint(fingerprint);
  throw new CliError(
    'OPTION_WRONG',
    `say whose ${what} it should be, with --key FILE or --fingerprint HEX; "symbolon receipt key" asks an exchange for its key`,
  );
}
