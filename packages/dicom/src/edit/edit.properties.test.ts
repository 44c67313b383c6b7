import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type DataSet,
  type DicomFile,
  merge,
  parseFile,
  parseIdentityHalf,
  split,
  tags,
  toDicomJson,
} from '../index.ts';
import {
  concat,
  delimitedItem,
  delimitedSequence,
  element,
  explicitBe,
  fragments,
  implicitLe,
  item,
  joined,
  part10,
  type Syntax,
  u16,
  u32,
  uid,
} from '../part10.fixture.ts';
import { writeElement } from '../write/write-data-set.ts';
import { type Edit, edit } from './edit.ts';

const explicitLe: Syntax = { explicit: true, littleEndian: true };
const syntaxes: readonly (readonly [string, Syntax])[] = [
  [uid.explicit, explicitLe],
  [uid.implicit, implicitLe],
  [uid.bigEndian, explicitBe],
];

/** Tags whose VR the dictionary knows, so that all three syntaxes tell the same; two are sequences. */
const leafTags = [0x00080050, 0x00081030, 0x00100020, 0x00102160, 0x00181030, 0x00321060, 0x00400254, 0x00401001];
const vrOf: Record<number, string> = { 524368: 'SH', 1057120: 'SH', 4198401: 'SH' };
const sequenceTags = [0x00081140, 0x00400275];
const newTags = [0x00081040, 0x00104000, 0x00380010, 0x00401400];
const newVr: Record<number, string> = { 1064960: 'LT', 4199424: 'LT' };

type Node = {
  readonly tag: number;
  readonly value?: Uint8Array;
  readonly items?: readonly (readonly Node[])[];
  readonly defined?: boolean;
};

const value = fc.uint8Array({ min: 0x41, max: 0x5a, maxLength: 9 });
const leaf = (tag: number): fc.Arbitrary<Node> => value.map((bytes) => ({ tag, value: bytes }));

function nodes(depth: number): fc.Arbitrary<readonly Node[]> {
  const sequence = (tag: number): fc.Arbitrary<Node> =>
    fc.record({ tag: fc.constant(tag), items: fc.array(nodes(depth - 1), { maxLength: 2 }), defined: fc.boolean() });
  const one = (tag: number) => fc.option(leaf(tag), { nil: undefined, freq: 2 });
  const inner = (tag: number) =>
    depth === 0 ? fc.constant(undefined) : fc.option(sequence(tag), { nil: undefined, freq: 3 });
  return fc.tuple(...leafTags.map(one), ...sequenceTags.map(inner), fc.boolean()).map((all) => {
    const shuffle = all.at(-1) as boolean;
    const found = all.slice(0, -1).filter((node) => node !== undefined) as Node[];
    found.sort((a, b) => a.tag - b.tag);
    // Out of order now and then, as files are.
    return shuffle && found.length > 2 ? [...found.slice(1), found[0]!] : found;
  });
}

function encode(list: readonly Node[], syntax: Syntax): Uint8Array {
  return concat(
    ...list.map(({ tag, value: bytes, items, defined }) => {
      if (items === undefined) return element(tag, vrOf[tag] ?? 'LO', bytes!, syntax);
      const inside = concat(...items.map((one) => (defined ? item : delimitedItem)(encode(one, syntax), syntax)));
      return defined ? element(tag, 'SQ', inside, syntax) : delimitedSequence(tag, 'SQ', inside, syntax);
    }),
  );
}

const file = fc
  .record({
    list: nodes(5),
    syntax: fc.constantFrom(...syntaxes),
    pixels: fc.constantFrom('none', 'native', 'fragments'),
    tail: fc.boolean(),
  })
  .map(({ list, syntax: [name, syntax], pixels, tail }) => {
    const explicit = name === uid.explicit;
    const image =
      pixels === 'none'
        ? []
        : [
            pixels === 'native' || !explicit
              ? element(tags.PixelData, 'OW', u32(7, syntax), syntax)
              : fragments(tags.PixelData, [u32(7)]),
          ];
    const behind = tail && image.length > 0 ? [element(tags.DataSetTrailingPadding, 'OB', u16(0), syntax)] : [];
    // A first element that leaves no doubt of the encoding, as real files have.
    return part10(name, element(0x00080008, 'CS', 'ORIGINAL', syntax), encode(list, syntax), ...image, ...behind);
  });

type Place = { readonly ds: DataSet; readonly path: readonly number[] };

function places(root: DataSet): Place[] {
  const found: Place[] = [{ ds: root, path: [] }];
  for (let at = 0; at < found.length; at++)
    for (const { tag, items } of found[at]!.ds.elements.values())
      for (const [index, ds] of (items ?? []).entries()) found.push({ ds, path: [...found[at]!.path, tag, index] });
  return found;
}

/** Every leaf, head and value, by where it is; items by their path. */
function leaves(read: DicomFile): Map<string, string> {
  const out = new Map<string, string>();
  for (const { ds, path } of places(read.dataset))
    for (const { tag, start, end, items } of ds.elements.values())
      out.set(
        [...path, tag].join(),
        items === undefined ? Buffer.from(ds.bytes.subarray(start, end)).toString('hex') : 'SQ',
      );
  return out;
}

/** An edit that a file allows, from random numbers. */
function editFrom(read: DicomFile, [where, what, which]: readonly [number, number, number], text: string): Edit {
  const all = places(read.dataset);
  const { ds, path } = all[where % all.length]!;
  const present = [...ds.elements.values()].filter(({ tag, items }) => items === undefined && leafTags.includes(tag));
  const kind = present.length === 0 ? 0 : what % 3;
  if (kind === 0) {
    const tag = newTags[which % newTags.length]!;
    return { path: [...path, tag], set: { vr: newVr[tag] ?? 'LO', Value: [text] } };
  }
  const { tag } = present[which % present.length]!;
  if (kind === 1) return { path: [...path, tag], remove: true };
  return { path: [...path, tag], set: { vr: vrOf[tag] ?? 'LO', Value: [text] } };
}

const dice = fc.tuple(fc.nat(1000), fc.nat(1000), fc.nat(1000));
const texts = fc.string({ unit: fc.constantFrom('a', 'b', 'C', '9'), minLength: 1, maxLength: 12 });
const bytesOf = (read: DicomFile, edits: readonly Edit[]): Uint8Array => joined(edit(read, edits).pieces);

describe('a file edited is read again', () => {
  test('with exactly the edited values, and every other element’s bytes as they were', () => {
    fc.assert(
      fc.property(file, fc.array(fc.tuple(dice, texts), { minLength: 1, maxLength: 5 }), (bytes, rolls) => {
        const before = parseFile(bytes);
        const byPath = new Map(
          rolls.map(([roll, text]) => editFrom(before, roll, text)).map((one) => [one.path.join(), one]),
        );
        const after = parseFile(bytesOf(before, [...byPath.values()]));
        const expected = leaves(before);
        const { explicit, littleEndian } = before.dataset;
        for (const [path, one] of byPath) {
          const tag = one.path.at(-1) as number;
          if ('set' in one)
            expected.set(path, Buffer.from(writeElement(tag, one.set, { explicit, littleEndian }, [])).toString('hex'));
          else expected.delete(path);
        }
        expect(Object.fromEntries(leaves(after))).toEqual(Object.fromEntries(expected));
        const codes = (read: DicomFile) =>
          read.warnings.map(({ code }) => code).filter((code) => code !== 'DICOM_ODD_LENGTH');
        expect(codes(after).filter((code) => !codes(before).includes(code))).toEqual([]);
        expect(after.pixelElements.map(({ start, end }) => [...after.bytes.subarray(start, end)])).toEqual(
          before.pixelElements.map(({ start, end }) => [...bytes.subarray(start, end)]),
        );
      }),
      { numRuns: 300 },
    );
  });

  test('and edited back is the file again, byte for byte', () => {
    fc.assert(
      fc.property(file, dice, texts, (bytes, roll, text) => {
        const before = parseFile(bytes);
        const [where, , which] = roll;
        const put = editFrom(before, [where, 0, which], text);
        const without: Edit = { path: put.path, remove: true };
        expect(joined(edit(parseFile(bytesOf(before, [put])), [without]).pieces)).toEqual(bytes);
      }),
      { numRuns: 200 },
    );
  });

  test('a value set to another and back is the file again, where it was padded as we pad', () => {
    fc.assert(
      fc.property(file, dice, texts, (bytes, [where, , which], text) => {
        const before = parseFile(bytes);
        const all = places(before.dataset);
        const { ds, path } = all[where % all.length]!;
        const even = [...ds.elements.values()].filter(
          ({ tag, items, valueStart, valueEnd }) =>
            items === undefined && leafTags.includes(tag) && valueEnd > valueStart && (valueEnd - valueStart) % 2 === 0,
        );
        const target = even[which % Math.max(1, even.length)];
        if (target === undefined) return;
        const { tag } = target;
        const was = toDicomJson(ds)[tag.toString(16).toUpperCase().padStart(8, '0')]!;
        const there = bytesOf(before, [{ path: [...path, tag], set: { vr: was.vr, Value: [text] } }]);
        expect(bytesOf(parseFile(there), [{ path: [...path, tag], set: was }])).toEqual(bytes);
      }),
      { numRuns: 200 },
    );
  });
});

test('merge(edit(identity half), image half, cuts that came back) is edit(file)', () => {
  fc.assert(
    fc.property(
      file,
      fc.array(fc.tuple(dice, texts), { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      (bytes, rolls, behind) => {
        const whole = parseFile(bytes);
        const byPath = new Map(
          rolls.map(([roll, text]) => editFrom(whole, roll, text)).map((one) => [one.path.join(), one]),
        );
        const edits = [...byPath.values()];
        if (behind) edits.push({ path: [0x7fe10010], set: { vr: 'LO', Value: ['NOBODY'] } });
        const halves = split(whole);
        const half = parseIdentityHalf(joined(halves.identity), { cuts: halves.cuts });
        const { pieces, cuts } = edit(half, edits, { cuts: halves.cuts });
        expect(joined(merge(joined(pieces), joined(halves.image), cuts))).toEqual(bytesOf(whole, edits));
      },
    ),
    { numRuns: 200 },
  );
});
