type Value = string | Uint8Array;

function element(group: number, number: number, vr: string, value: Value): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'ascii') : Buffer.from(value);
  const padded = bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.from(vr === 'UI' ? '\0' : ' ')]);
  const long = vr === 'OB' || vr === 'OW';
  const head = Buffer.alloc(long ? 12 : 8);
  head.writeUInt16LE(group, 0);
  head.writeUInt16LE(number, 2);
  head.write(vr, 4, 'ascii');
  if (long) head.writeUInt32LE(padded.length, 8);
  else head.writeUInt16LE(padded.length, 6);
  return Buffer.concat([head, padded]);
}

/** A Part 10 file as small as a vector wants it, explicit VR little endian, with 8-bit pixels or without. */
export function part10(sopClass: string, sopInstance: string, name: string, pixels?: Uint8Array): Uint8Array {
  const meta = Buffer.concat([
    element(0x0002, 0x0001, 'OB', Uint8Array.of(0, 1)),
    element(0x0002, 0x0002, 'UI', sopClass),
    element(0x0002, 0x0003, 'UI', sopInstance),
    element(0x0002, 0x0010, 'UI', '1.2.840.10008.1.2.1'),
  ]);
  const metaBytes = Buffer.alloc(4);
  metaBytes.writeUInt32LE(meta.length);
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from('DICM'),
    element(0x0002, 0x0000, 'UL', metaBytes),
    meta,
    element(0x0008, 0x0016, 'UI', sopClass),
    element(0x0008, 0x0018, 'UI', sopInstance),
    element(0x0010, 0x0010, 'PN', name),
    ...(pixels ? [element(0x7fe0, 0x0010, 'OW', pixels)] : []),
    element(0xfffc, 0xfffc, 'OB', Uint8Array.of(0, 0)),
  ]);
}
