import { concat, element, item, part10, u16, u32, uid } from '../part10.fixture.ts';

/** Writes content trees for tests, element by element, wrong ones included. */
export const sequenceOf = (tag: number, ...items: readonly Uint8Array[]): Uint8Array =>
  element(tag, 'SQ', concat(...items.map((one) => item(one))));

export const coded = (tag: number, value: string, scheme: string, meaning: string): Uint8Array =>
  sequenceOf(
    tag,
    concat(element(0x00080100, 'SH', value), element(0x00080102, 'SH', scheme), element(0x00080104, 'LO', meaning)),
  );

export type ItemParts = {
  readonly type?: string;
  readonly relationship?: string;
  readonly name?: string;
  /** Elements in (0040,A0xx) to (0040,A7xx), ascending. */
  readonly more?: readonly Uint8Array[];
  /** What stands before (0040,A010). */
  readonly before?: readonly Uint8Array[];
  readonly content?: readonly Uint8Array[];
  readonly after?: readonly Uint8Array[];
};

/** The bytes of one content item; its elements ascend where those given do. */
export function contentItem(parts: ItemParts): Uint8Array {
  const { type, relationship = 'CONTAINS', name, more = [], before = [], content = [], after = [] } = parts;
  return concat(
    ...before,
    element(0x0040a010, 'CS', relationship),
    ...(type === undefined ? [] : [element(0x0040a040, 'CS', type)]),
    ...(name === undefined ? [] : [coded(0x0040a043, '1', '99TEST', name)]),
    ...more,
    ...(content.length === 0 ? [] : [sequenceOf(0x0040a730, ...content)]),
    ...after,
  );
}

export const textItem = (name: string, value: string, relationship = 'CONTAINS'): Uint8Array =>
  contentItem({ type: 'TEXT', name, relationship, more: [element(0x0040a160, 'UT', value)] });

export const section = (name: string, ...content: readonly Uint8Array[]): Uint8Array =>
  contentItem({ type: 'CONTAINER', name, content });

/** By reference: nothing but how it is related, and to which place in the tree. */
export const referenceTo = (path: readonly number[], relationship = 'INFERRED FROM'): Uint8Array =>
  concat(element(0x0040a010, 'CS', relationship), element(0x0040db73, 'UL', concat(...path.map((step) => u32(step)))));

/** A Part 10 file of a report; `heading` has what stands before (0040,A040). */
export function reportFile(
  content: readonly Uint8Array[],
  heading: readonly Uint8Array[] = [],
  title = 'Report of a test',
): Uint8Array {
  return part10(
    uid.explicit,
    element(0x00080005, 'CS', 'ISO_IR 192'),
    element(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.88.33'),
    ...heading,
    element(0x0040a040, 'CS', 'CONTAINER'),
    coded(0x0040a043, '1', '99TEST', title),
    sequenceOf(0x0040a730, ...content),
  );
}

/** A container below a container, and so on, of undefined lengths. */
export function nested(depth: number): Uint8Array {
  const open: Uint8Array[] = [];
  const close: Uint8Array[] = [];
  for (let at = 0; at < depth; at++) {
    open.push(element(0x0040a730, 'SQ', new Uint8Array(), undefined, 0xffffffff));
    open.push(concat(u16(0xfffe), u16(0xe000), u32(0xffffffff)), element(0x0040a040, 'CS', 'CONTAINER'));
    close.push(concat(u16(0xfffe), u16(0xe00d), u32(0)), concat(u16(0xfffe), u16(0xe0dd), u32(0)));
  }
  return part10(
    uid.explicit,
    element(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.88.33'),
    element(0x0040a040, 'CS', 'CONTAINER'),
    ...open,
    ...close,
  );
}
