const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * A file's name as text, whatever bytes it is: UTF-8 where it is UTF-8, and `\xHH` for each byte of a name that is not
 * (old media carry Latin-1 and Shift JIS names). A name that itself holds such a spelling has its backslash spelt out.
 *
 * Law  `nameOf(labelOf(name))` is `name`.
 */
export function labelOf(name: Uint8Array): string {
  try {
    const text = strict.decode(name);
    return text.replace(/\\(?=x[0-9A-F]{2})/g, '\\x5C');
  } catch {
    return [...name].map((byte) => (byte < 0x80 && byte !== 0x5c ? String.fromCharCode(byte) : hex(byte))).join('');
  }
}

function hex(byte: number): string {
  return `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}

/** The bytes of the name that a label stands for. */
export function nameOf(label: string): Buffer {
  const parts = label.split(/\\x([0-9A-F]{2})/);
  return Buffer.concat(
    parts.map((part, at) => (at % 2 === 0 ? Buffer.from(part) : Buffer.from([Number.parseInt(part, 16)]))),
  );
}
