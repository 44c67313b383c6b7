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

/** A zstd frame in which runs of one byte are blocks of their own, and all else is as it is. As reproducible as the other. */
export function runZstd(content: Uint8Array): Uint8Array {
  const leastRun = 8;
  const head = Buffer.alloc(9);
  head.writeUInt32BE(0x28b52ffd, 0);
  head[4] = 0xa0;
  head.writeUInt32LE(content.length, 5);
  const blocks: { readonly run: boolean; readonly from: number; readonly to: number }[] = [];
  let from = 0;
  for (let at = 0; at < content.length; ) {
    let to = at + 1;
    while (to < content.length && content[to] === content[at]) to += 1;
    if (to - at >= leastRun) {
      if (at > from) blocks.push({ run: false, from, to: at });
      blocks.push({ run: true, from: at, to });
      from = to;
    }
    at = to;
  }
  if (content.length > from) blocks.push({ run: false, from, to: content.length });
  const pieces = blocks.flatMap(({ run, from, to }, at) => {
    const block = Buffer.alloc(3);
    block.writeUIntLE(((to - from) << 3) | (run ? 2 : 0) | (at === blocks.length - 1 ? 1 : 0), 0, 3);
    return [block, content.subarray(from, run ? from + 1 : to)];
  });
  return Buffer.concat([head, ...pieces]);
}
