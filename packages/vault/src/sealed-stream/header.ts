import { equalBytes, joined, requireLength, utf8 } from '../bytes.ts';
import { deriveKey } from '../derive-key.ts';
import { VaultError } from '../errors.ts';
import type { Primitives } from '../primitives.ts';
import {
  largestSegmentLog2,
  leadingBytes,
  segmentLog2,
  smallestSegmentLog2,
  streamHeaderBytes,
  tinkHeaderBytes,
} from './layout.ts';
import { SegmentCipher } from './segment-cipher.ts';

/**
 * What opens a stream: the key, the 16 bytes that name its version in clear, and what the stream is and where it belongs.
 */
export type StreamKey = { readonly key: Uint8Array; readonly keyId: Uint8Array; readonly context: Uint8Array };

/** A header and what follows from it. */
export type OpenedHeader = {
  readonly header: Uint8Array;
  readonly segmentBytes: number;
  readonly cipher: SegmentCipher;
};

const magic = Uint8Array.of(0x8f, 0x53, 0x59, 0x4d, 0x53, 0x45, 0x41, 0x4c);
const streamVersion = 1;
const versionAt = 8;
const segmentLog2At = 9;
const reservedAt = 10;
const keyIdAt = 16;
const commitmentAt = 32;
const saltAt = leadingBytes + 1;
const noncePrefixAt = saltAt + 32;

// 47 bytes: longer than the 32 of a segment key's salt, which HMAC pads with zeros, so the two can never be one.
const commitmentSalt = utf8('symbolon sealed stream version 1 key commitment');

/** Draws salt and nonce prefix and lays out the first 104 bytes of a new stream. */
export async function writeHeader(p: Primitives, key: StreamKey, segmentBytes: number): Promise<OpenedHeader> {
  requireStreamKey(key);
  const header = new Uint8Array(streamHeaderBytes);
  header.set(magic, 0);
  header[versionAt] = streamVersion;
  header[segmentLog2At] = segmentLog2(segmentBytes);
  header.set(key.keyId, keyIdAt);
  header.set(await commitment(p, key), commitmentAt);
  header[leadingBytes] = tinkHeaderBytes;
  header.set(p.random(streamHeaderBytes - saltAt), saltAt);
  return { header, segmentBytes, cipher: await segmentCipher(p, key, header) };
}

/**
 * Reads the first bytes of a stream, and refuses what this key and context did not write.
 *
 * @throws VaultError VAULT_MAGIC_MISSING    not a sealed stream
 * @throws VaultError VAULT_VERSION_UNKNOWN  written by a later version
 * @throws VaultError VAULT_TRUNCATED        fewer than 104 bytes
 * @throws VaultError VAULT_HEADER_WRONG     a segment size, reserved byte or inner header that no writer writes
 * @throws VaultError VAULT_KEY_MISMATCH     another key id, key or context
 */
export async function readHeader(p: Primitives, key: StreamKey, bytes: Uint8Array): Promise<OpenedHeader> {
  requireStreamKey(key);
  // A copy, since we await before we use it; not slice(), which on a Buffer is a view.
  const header = new Uint8Array(bytes.subarray(0, streamHeaderBytes));
  if (!equalBytes(header.subarray(0, magic.length), magic.subarray(0, header.length))) {
    throw new VaultError('VAULT_MAGIC_MISSING', 'not a sealed stream', { at: 0 });
  }
  const version = header[versionAt] ?? streamVersion;
  if (version !== streamVersion) {
    throw new VaultError('VAULT_VERSION_UNKNOWN', `a sealed stream of version ${version}`, { at: versionAt });
  }
  if (header.length < streamHeaderBytes) {
    throw new VaultError('VAULT_TRUNCATED', `a sealed stream ends within its header, after ${header.length} bytes`);
  }
  const log2 = header[segmentLog2At]!;
  if (log2 < smallestSegmentLog2 || log2 > largestSegmentLog2) throw headerWrong('segment size', segmentLog2At);
  if (header.subarray(reservedAt, keyIdAt).some((byte) => byte !== 0)) throw headerWrong('reserved byte', reservedAt);
  if (header[leadingBytes] !== tinkHeaderBytes) throw headerWrong('inner header length', leadingBytes);
  if (!equalBytes(header.subarray(keyIdAt, commitmentAt), key.keyId)) {
    throw new VaultError('VAULT_KEY_MISMATCH', 'sealed under a key of another id', { at: keyIdAt });
  }
  if (!equalBytes(header.subarray(commitmentAt, leadingBytes), await commitment(p, key))) {
    throw new VaultError('VAULT_KEY_MISMATCH', 'sealed under another key or context', { at: commitmentAt });
  }
  return { header, segmentBytes: 2 ** log2, cipher: await segmentCipher(p, key, header) };
}

function commitment(p: Primitives, { key, keyId, context }: StreamKey): Promise<Uint8Array> {
  return deriveKey(p, key, commitmentSalt, joined(keyId, context));
}

async function segmentCipher(p: Primitives, { key, context }: StreamKey, header: Uint8Array): Promise<SegmentCipher> {
  const associated = joined(await p.hash('sha256', header.subarray(0, leadingBytes)), context);
  const segmentKey = await deriveKey(p, key, header.subarray(saltAt, noncePrefixAt), associated);
  return new SegmentCipher(p, segmentKey, header.slice(noncePrefixAt));
}

function requireStreamKey(key: StreamKey): void {
  requireLength('a stream key', key.key, 32);
  requireLength('a key id', key.keyId, 16);
}

function headerWrong(field: string, at: number): VaultError {
  return new VaultError('VAULT_HEADER_WRONG', `a ${field} that no writer of version ${streamVersion} writes`, { at });
}
