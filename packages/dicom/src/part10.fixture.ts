/** Writes small Part 10 files for tests, element by element, wrong ones included. */
const longForm = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);

export type Syntax = { readonly explicit: boolean; readonly littleEndian: boolean };
const explicitLe: Syntax = { explicit: true, littleEndian: true };
export const implicitLe: Syntax = { explicit: false, littleEndian: true };
export const explicitBe: Syntax = { explicit: true, littleEndian: false };

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return joined(parts);
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** One character a byte, padded to an even length. */
export function latin(text: string, pad = ' '): Uint8Array {
  const even = text.length % 2 === 0 ? text : text + pad;
  return Uint8Array.from(even, (char) => char.charCodeAt(0));
}

export function u16(value: number, syntax: Syntax = explicitLe): Uint8Array {
  const out = new Uint8Array(2);
  new DataView(out.buffer).setUint16(0, value, syntax.littleEndian);
  return out;
}

export function u32(value: number, syntax: Syntax = explicitLe): Uint8Array {
  const out = new Uint8Array(4);
  new DataView(out.buffer).setUint32(0, value, syntax.littleEndian);
  return out;
}

export function tagBytes(tag: number, syntax: Syntax = explicitLe): Uint8Array {
  return concat(u16(tag >>> 16, syntax), u16(tag & 0xffff, syntax));
}

/** An element; `length` lies about the value's when given. */
export function element(
  tag: number,
  vr: string,
  value: Uint8Array | string,
  syntax: Syntax = explicitLe,
  length?: number,
): Uint8Array {
  const bytes = typeof value === 'string' ? latin(value, vr === 'UI' ? '\0' : ' ') : value;
  const claimed = length ?? bytes.length;
  if (!syntax.explicit) return concat(tagBytes(tag, syntax), u32(claimed, syntax), bytes);
  const head = concat(tagBytes(tag, syntax), latin(vr));
  if (longForm.has(vr)) return concat(head, u16(0), u32(claimed, syntax), bytes);
  return concat(head, u16(claimed, syntax), bytes);
}

export const undefinedLength = 0xffffffff;

export function item(content: Uint8Array, syntax: Syntax = explicitLe, length = content.length): Uint8Array {
  return concat(tagBytes(0xfffee000, syntax), u32(length, syntax), content);
}

export function delimitedItem(content: Uint8Array, syntax: Syntax = explicitLe): Uint8Array {
  return concat(item(content, syntax, undefinedLength), tagBytes(0xfffee00d, syntax), u32(0, syntax));
}

export function delimitedSequence(tag: number, vr: string, items: Uint8Array, syntax: Syntax = explicitLe): Uint8Array {
  return concat(element(tag, vr, items, syntax, undefinedLength), tagBytes(0xfffee0dd, syntax), u32(0, syntax));
}

export function fragments(
  tag: number,
  parts: readonly Uint8Array[],
  vr = 'OB',
  syntax: Syntax = explicitLe,
): Uint8Array {
  return delimitedSequence(tag, vr, joined(parts.map((part) => item(part, syntax))), syntax);
}

export function part10(transferSyntax: string, ...dataset: readonly Uint8Array[]): Uint8Array {
  const rest = concat(element(0x00020010, 'UI', transferSyntax));
  const meta = concat(element(0x00020000, 'UL', u32(rest.length)), rest);
  return concat(new Uint8Array(128), latin('DICM'), meta, ...dataset);
}

/** A file whose data set begins as one should: pixel data may follow. */
export function image(transferSyntax: string, ...dataset: readonly Uint8Array[]): Uint8Array {
  return part10(transferSyntax, element(0x00080016, 'UI', '1.2'), ...dataset);
}

export const uid = {
  implicit: '1.2.840.10008.1.2',
  explicit: '1.2.840.10008.1.2.1',
  deflated: '1.2.840.10008.1.2.1.99',
  bigEndian: '1.2.840.10008.1.2.2',
  jpeg: '1.2.840.10008.1.2.4.70',
  deflatedFrames: '1.2.840.10008.1.2.8.1',
} as const;

/** The code of the DicomError that a call throws, or what else happened. */
export function codeOf(call: () => unknown): unknown {
  try {
    call();
    return 'nothing thrown';
  } catch (error) {
    return (error as { code?: unknown }).code ?? error;
  }
}
