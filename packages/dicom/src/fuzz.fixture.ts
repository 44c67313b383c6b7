import fc from 'fast-check';
import { lookupTag } from './index.ts';
import {
  concat,
  delimitedItem,
  delimitedSequence,
  element,
  explicitBe,
  fragments,
  implicitLe,
  item,
  latin,
  part10,
  type Syntax,
  tagBytes,
  u16,
  u32,
  uid,
  undefinedLength,
} from './part10.fixture.ts';

const drill = process.env.SYMBOLON_DRILL === '1';

/** How long a property runs: a bounded round in every test run, a minute of it in a drill. Units: runs, milliseconds. */
export function rounds(numRuns: number): { numRuns: number; interruptAfterTimeLimit?: number } {
  return drill ? { numRuns: 1_000_000_000, interruptAfterTimeLimit: 60_000 } : { numRuns };
}
/** The time that such a test may take, for its last argument. */
export const roundsTimeoutMs = drill ? 180_000 : 30_000;

const evenBytes = fc.uint8Array({ maxLength: 40 }).map((bytes) => bytes.subarray(0, bytes.length & ~1));
const nothing = new Uint8Array(0);
const pixelMarker = latin('PIXELS-PIXELS');

const syntaxes: readonly { readonly name: string; readonly syntax: Syntax }[] = [
  { name: uid.implicit, syntax: implicitLe },
  { name: uid.explicit, syntax: { explicit: true, littleEndian: true } },
  { name: uid.bigEndian, syntax: explicitBe },
  { name: uid.jpeg, syntax: { explicit: true, littleEndian: true } },
];

/** No tag by whose name random bytes would have to be a sequence, or say how others are read. */
const tagNumber = fc
  .integer({ min: 0x00080005, max: 0x7fdfffff })
  .filter((tag) => (tag & 0xffff) > 0xff && lookupTag(tag)?.vr !== 'SQ');
const vr = fc.constantFrom('LT', 'UN', 'OB', 'UT', 'US', 'ZZ', '??');

function elements(syntax: Syntax, depth: number): fc.Arbitrary<Uint8Array> {
  const plain = fc.record({ tag: tagNumber, vr, value: evenBytes }).map((one) => ({
    tag: one.tag,
    bytes: one.vr === 'ZZ' ? future(one.tag, one.value, syntax) : element(one.tag, one.vr, one.value, syntax),
  }));
  const nested =
    depth === 0
      ? plain
      : fc
          .record({
            tag: tagNumber,
            items: fc.array(elements(syntax, depth - 1), { maxLength: 3 }),
            form: fc.constantFrom('lengths', 'delimiters', 'mixed'),
          })
          .map(({ tag, items, form }) => ({ tag, bytes: sequence(tag, items, form, syntax) }));
  return fc
    .uniqueArray(fc.oneof({ weight: 4, arbitrary: plain }, { weight: 1, arbitrary: nested }), {
      selector: ({ tag }) => tag,
      maxLength: 8,
    })
    .map((all) => concat(...all.sort((a, b) => a.tag - b.tag).map(({ bytes }) => bytes)));
}

/** A VR of the future, as PS3.5 §7.1.2 wants it: reserved bytes and a long length. */
function future(tag: number, value: Uint8Array, syntax: Syntax): Uint8Array {
  if (!syntax.explicit) return element(tag, 'ZZ', value, syntax);
  return concat(tagBytes(tag, syntax), latin('ZZ'), u16(0, syntax), u32(value.length, syntax), value);
}

function sequence(tag: number, items: readonly Uint8Array[], form: string, syntax: Syntax): Uint8Array {
  const written = concat(...items.map((one) => (form === 'lengths' ? item(one, syntax) : delimitedItem(one, syntax))));
  return form === 'delimiters' ? delimitedSequence(tag, 'SQ', written, syntax) : element(tag, 'SQ', written, syntax);
}

function pixels(syntax: Syntax): fc.Arbitrary<Uint8Array> {
  return fc.oneof(
    evenBytes.map((value) => element(0x7fe00010, 'OW', concat(pixelMarker, value), syntax)),
    fc
      .array(evenBytes, { maxLength: 5 })
      .map((parts) => fragments(0x7fe00010, [nothing, pixelMarker, ...parts], 'OB', syntax)),
    fc.constant(concat(element(0x7fe00008, 'OF', pixelMarker, syntax), element(0x7fe00009, 'OD', pixelMarker, syntax))),
    fc.constant(nothing),
  );
}

/** Behind the pixel data: nothing, padding, rubbish, another element. */
function tail(syntax: Syntax): fc.Arbitrary<Uint8Array> {
  return fc.oneof(
    fc.constant(nothing),
    evenBytes.map((value) => element(0xfffcfffc, 'OB', value, syntax)),
    fc.constant(new Uint8Array(9)),
    fc.constant(Uint8Array.of(10)),
    fc.constant(element(0x00100020, 'LO', 'late', syntax)),
    fc.constant(latin('rubbish behind the pixels')),
  );
}

/** Part 10 files in every encoding, sequences in every form, with and without pixel data. */
export const files: fc.Arbitrary<Uint8Array> = fc
  .constantFrom(...syntaxes)
  .chain(({ name, syntax }) =>
    fc
      .tuple(elements(syntax, 3), pixels(syntax), tail(syntax))
      .map(([header, image, rest]) =>
        part10(name, element(0x00080008, 'CS', 'ORIGINAL', syntax), header, image, image.length === 0 ? nothing : rest),
      ),
  );

/** Files with some bytes behind the preamble changed, some cut out, or cut short. */
export const damagedFiles: fc.Arbitrary<Uint8Array> = fc
  .tuple(
    files,
    fc.array(fc.tuple(fc.nat(), fc.oneof(fc.nat(255), fc.constantFrom(0, 0xff, 0xfe, 0xe0, 0x7f))), { maxLength: 6 }),
    fc.option(fc.nat(), { freq: 3 }),
    fc.option(fc.tuple(fc.nat(), fc.nat(20)), { freq: 4 }),
  )
  .map(([bytes, damage, cut, hole]) => {
    const broken = bytes.slice();
    for (const [where, value] of damage) broken[132 + (where % (broken.length - 132))] = value;
    const holed =
      hole === null
        ? broken
        : concat(
            broken.subarray(0, 132 + (hole[0] % (broken.length - 132))),
            broken.subarray(Math.min(broken.length, 132 + (hole[0] % (broken.length - 132)) + hole[1])),
          );
    return cut === null ? holed : holed.slice(0, 132 + (cut % Math.max(1, holed.length - 132)));
  });

/** Whatever may stand at the top level of a file that somebody bent, in any order and as often as may be. */
const strangePieces = (syntax: Syntax): fc.Arbitrary<Uint8Array> =>
  fc.oneof(
    elements(syntax, 2),
    pixels(syntax),
    tail(syntax),
    fc
      .tuple(fc.constantFrom(0x00020010, 0x00000002, 0x7fe0000c, 0x00100020, 0x00280103, 0xfffcfffc), evenBytes, vr)
      .map(([tag, value, form]) => element(tag, form, value, syntax)),
    fc.constantFrom(0xfffee00d, 0xfffee0dd, 0xfffee000).map((tag) => concat(tagBytes(tag, syntax), u32(0, syntax))),
    fc.integer({ min: 1, max: 20 }).map((zeros) => new Uint8Array(zeros)),
    // Items under UN, which show their encoding by themselves; empty ones, and ones that nothing ends.
    fc
      .tuple(
        fc.constantFrom(0x00081140, 0x00091010),
        elements(syntax, 1),
        fc.constantFrom('whole', 'open', 'empty', 'short'),
      )
      .map(([tag, content, form]) => {
        const inner =
          form === 'empty'
            ? item(nothing)
            : form === 'short'
              ? item(Uint8Array.of(1, 2, 3, 4))
              : item(content, undefined, form === 'open' ? undefinedLength : content.length);
        return element(tag, 'UN', inner, syntax);
      }),
  );

/** Files whose top level is in disorder: pixel data first, twice, between; groups where they do not belong; open ends. */
export const strangeFiles: fc.Arbitrary<Uint8Array> = fc
  .constantFrom(...syntaxes)
  .chain(({ name, syntax }) =>
    fc.array(strangePieces(syntax), { minLength: 1, maxLength: 6 }).map((pieces) => part10(name, ...pieces)),
  );
