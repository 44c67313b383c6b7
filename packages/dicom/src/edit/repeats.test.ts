import { describe, expect, test } from 'vitest';
import {
  concat,
  delimitedItem,
  delimitedSequence,
  element,
  explicitBe,
  fragments,
  implicitLe,
  item,
  type Syntax,
  tagBytes,
  u32,
  undefinedLength,
} from '../part10.fixture.ts';
import { endOfRepeat } from './repeats.ts';

const explicitLe: Syntax = { explicit: true, littleEndian: true };
const tag = 0x00400275;
const leaf = (syntax: Syntax) => element(0x00321060, 'LO', 'aa', syntax);
const sequenceEnd = (syntax: Syntax) => concat(tagBytes(0xfffee0dd, syntax), u32(0));

/** Where the first of these ends, when another element follows it. */
function endOf(repeat: Uint8Array, syntax: Syntax): number {
  const bytes = concat(repeat, element(0x00741000, 'CS', 'x ', syntax));
  return endOfRepeat({ bytes, ...syntax, elements: new Map() }, 0, bytes.length);
}

describe.each([
  ['explicit little endian', explicitLe],
  ['implicit little endian', implicitLe],
  ['explicit big endian', explicitBe],
])('a repeat ends where it says, %s', (_name, syntax) => {
  const open = (content: Uint8Array) => item(content, syntax, undefinedLength);
  const openSequence = (items: Uint8Array) => element(tag, 'SQ', items, syntax, undefinedLength);
  test.each([
    ['a short head', leaf(syntax)],
    ['a long head', element(0x00420011, 'OB', u32(7), syntax)],
    ['no value', element(0x00321060, 'LO', '', syntax)],
    ['a sequence with a length', element(tag, 'SQ', item(leaf(syntax), syntax), syntax)],
    ['an empty sequence', delimitedSequence(tag, 'SQ', new Uint8Array(0), syntax)],
    ['delimited items', delimitedSequence(tag, 'SQ', delimitedItem(leaf(syntax), syntax), syntax)],
    ['items with lengths', delimitedSequence(tag, 'SQ', item(leaf(syntax), syntax), syntax)],
    [
      'sequences in it',
      delimitedSequence(
        tag,
        'SQ',
        delimitedItem(openSequence(concat(sequenceEnd(syntax), leaf(syntax))), syntax),
        syntax,
      ),
    ],
    ['an item without delimiter', openSequence(concat(open(leaf(syntax)), sequenceEnd(syntax)))],
    ['fragments', fragments(0x7fe00010, [u32(0), u32(1)], 'OB', syntax)],
  ])('%s', (_what, repeat) => {
    expect(endOf(repeat, syntax)).toBe(repeat.length);
  });
});

test('a repeat under UN is implicit little endian within, or explicit where its items show that', () => {
  for (const syntax of [explicitLe, explicitBe])
    for (const inner of [implicitLe, explicitLe]) {
      const items = concat(item(leaf(inner), implicitLe, undefinedLength), tagBytes(0xfffee00d), u32(0));
      const repeat = concat(element(tag, 'UN', items, syntax, undefinedLength), sequenceEnd(implicitLe));
      expect(endOf(repeat, syntax)).toBe(repeat.length);
    }
});

test('a repeat that nothing ends stops where it must, a thousand levels deep too', () => {
  const level = element(tag, 'SQ', item(new Uint8Array(0), explicitLe, undefinedLength), explicitLe, undefinedLength);
  const bytes = concat(...Array.from({ length: 1_000 }, () => level));
  const ds = { bytes, ...explicitLe, elements: new Map() };
  expect(endOfRepeat(ds, 0, bytes.length)).toBe(bytes.length);
  expect(endOfRepeat(ds, 0, 30)).toBe(30);
  const long = element(0x00321060, 'LO', 'aa', explicitLe, 1_000);
  expect(endOfRepeat({ ...ds, bytes: long }, 0, long.length)).toBe(long.length);
});
