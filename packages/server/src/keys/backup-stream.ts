import { createHash, pbkdf2, randomBytes } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { context, openRange, plainSize, type StreamKey, StreamSealer, VaultError } from '@symbolon/vault';
import { KeysError } from './keys-error.ts';
import { nodePrimitives } from './primitives.ts';

const magic = Buffer.from([0x8f, ...Buffer.from('SYMKEYS')]);
const version = 1;
const pbkdf2Sha512 = 1;
const headBytes = 48;
/** What this version writes, and the fewest that a reader takes: half a second on one core. */
const iterations = 600_000;
/** No more than a reader can wait for: the number stands in a head that anybody may have written. */
const mostIterations = 20_000_000;

const derive = promisify(pbkdf2);

async function streamKey(head: Buffer, passphrase: string): Promise<StreamKey> {
  const salt = head.subarray(16, headBytes);
  const key = await derive(passphrase.normalize('NFKC'), salt, head.readUInt32BE(12), 32, 'sha512');
  return {
    key,
    keyId: createHash('sha256').update(salt).digest().subarray(0, 16),
    context: context('keys backup', head),
  };
}

/**
 * Writes pieces of text, sealed under a passphrase, into an open empty file, and makes them durable.
 * Format: docs/formats/keys-backup.md.
 */
export async function writeSealed(file: FileHandle, passphrase: string, pieces: AsyncIterable<string>): Promise<void> {
  const head = Buffer.alloc(headBytes);
  magic.copy(head);
  head.writeUInt8(version, 8);
  head.writeUInt8(pbkdf2Sha512, 9);
  head.writeUInt32BE(iterations, 12);
  randomBytes(32).copy(head, 16);
  const sealer = await StreamSealer.create(nodePrimitives, await streamKey(head, passphrase));
  const write = async (some: readonly Uint8Array[]): Promise<void> => {
    for (const piece of some) await file.writeFile(piece);
  };
  await write([head, sealer.header]);
  for await (const piece of pieces) await write(await sealer.push(Buffer.from(piece)));
  await write(await sealer.finish());
  await file.sync();
}

/** An opened backup: its lines can be read more than once. */
export type SealedLines = { readonly lines: () => AsyncGenerator<string>; readonly close: () => Promise<void> };

/**
 * @throws KeysError KEYS_BACKUP_DAMAGED           it is no backup of keys, cut short, or changed; from `lines`, too
 * @throws KeysError KEYS_BACKUP_VERSION_UNKNOWN   it was made by a later version
 * @throws KeysError KEYS_BACKUP_PASSPHRASE_WRONG  another passphrase, or the head of the file was changed
 */
export async function openSealed(path: string, passphrase: string): Promise<SealedLines> {
  const file = await open(path, 'r');
  try {
    const head = Buffer.alloc(headBytes);
    const { bytesRead } = await file.read(head, 0, headBytes, 0);
    if (bytesRead < magic.length || !head.subarray(0, 8).equals(magic))
      throw new KeysError('KEYS_BACKUP_DAMAGED', 'the file is no backup of keys');
    if (bytesRead < headBytes) throw new KeysError('KEYS_BACKUP_DAMAGED', 'the backup is cut short');
    if (head[8] !== version || head[9] !== pbkdf2Sha512 || head.readUInt16BE(10) !== 0)
      throw new KeysError('KEYS_BACKUP_VERSION_UNKNOWN', `the backup has another version than ${version}`);
    const count = head.readUInt32BE(12);
    if (count < iterations || count > mostIterations)
      throw new KeysError('KEYS_BACKUP_DAMAGED', 'the head of the backup is damaged');
    const key = await streamKey(head, passphrase);
    const sealedBytes = (await file.stat()).size - headBytes;
    const source = {
      sealedBytes,
      async read(start: number, end: number): Promise<Uint8Array> {
        const bytes = Buffer.alloc(end - start);
        const read = await file.read(bytes, 0, bytes.length, headBytes + start);
        if (read.bytesRead !== bytes.length) throw new KeysError('KEYS_BACKUP_DAMAGED', 'the backup is cut short');
        return bytes;
      },
    };
    async function* lines(): AsyncGenerator<string> {
      let rest = '';
      try {
        const plainBytes = plainSize(sealedBytes);
        const decoder = new TextDecoder();
        for await (const piece of openRange(nodePrimitives, key, source, 0, plainBytes)) {
          const [first = '', ...more] = decoder.decode(piece, { stream: true }).split('\n');
          rest += first;
          for (const next of more) {
            yield rest;
            rest = next;
          }
        }
      } catch (error) {
        throw translated(error);
      }
      if (rest !== '') throw new KeysError('KEYS_BACKUP_DAMAGED', 'the backup is cut short');
    }
    // The first line tells whether the passphrase is the right one.
    for await (const _ of lines()) break;
    return { lines, close: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}

function translated(error: unknown): unknown {
  if (!(error instanceof VaultError)) return error;
  return error.code === 'VAULT_KEY_MISMATCH'
    ? new KeysError('KEYS_BACKUP_PASSPHRASE_WRONG', 'the passphrase does not open this backup', { cause: error })
    : new KeysError('KEYS_BACKUP_DAMAGED', `the backup is damaged or cut short (${error.code})`, { cause: error });
}
