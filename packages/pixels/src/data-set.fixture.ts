import type { DataSet, Element } from '@symbolon/dicom';

export type Value = readonly [vr: string, value: string | Uint8Array | readonly DataSet[]];

/** A data set whose items stand in one buffer with it, as in a file. */
export function dataSet(values: Readonly<Record<number, Value>>): DataSet {
  const parts = Object.entries(values).map(([tag, [vr, value]]) => {
    const items = typeof value === 'string' || value instanceof Uint8Array ? undefined : value;
    const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : items ? new Uint8Array(8) : value;
    return { tag: Number(tag), vr, items, bytes: bytes as Uint8Array };
  });
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.bytes.length, 0));
  const elements = new Map<number, Element>();
  let at = 0;
  for (const { tag, vr, items, bytes: value } of parts) {
    bytes.set(value, at);
    const end = at + value.length;
    elements.set(tag, { tag, vr, start: at, valueStart: at, valueEnd: end, end, items });
    at = end;
  }
  return { bytes, littleEndian: true, explicit: true, elements };
}

export const words = (...values: number[]): Uint8Array => new Uint8Array(Uint16Array.from(values).buffer);
