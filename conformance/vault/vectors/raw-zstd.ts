/**
 * A zstd frame that holds its content as it is: valid for every decompressor, and the same whatever the compressor's
 * release, so that vectors can be reproduced byte for byte. Source: RFC 8878 §3.1.1.
 */
export function rawZstd(content: Uint8Array): Uint8Array {
  const mostBytes = 0xffff;
  if (content.length > mostBytes) throw new RangeError('one raw block is enough for a vector');
  const head = Buffer.alloc(12);
  head.writeUInt32BE(0x28b52ffd, 0);
  // One segment, content size in four bytes, no checksum, no dictionary.
  head[4] = 0xa0;
  head.writeUInt32LE(content.length, 5);
  // The last block, raw.
  head.writeUIntLE((content.length << 3) | 1, 9, 3);
  return Buffer.concat([head, content]);
}
