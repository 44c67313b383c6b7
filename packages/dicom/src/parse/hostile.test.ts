import { expect, test } from 'vitest';
import { parseFile, tags } from '../index.ts';
import {
  codeOf,
  concat,
  element,
  fragments,
  item,
  part10,
  tagBytes,
  u32,
  uid,
  undefinedLength,
} from '../part10.fixture.ts';

function timed(call: () => unknown): { code: unknown; ms: number } {
  const from = performance.now();
  const code = codeOf(call);
  return { code, ms: performance.now() - from };
}

test('sequences nested 60,000 deep are refused at once, and read iteratively where the caller allows them', () => {
  const level = concat(
    element(0x00081140, 'SQ', new Uint8Array(0), undefined, undefinedLength),
    item(new Uint8Array(0), undefined, undefinedLength),
  );
  const bytes = part10(uid.explicit, ...Array.from({ length: 60_000 }, () => level));
  const refused = timed(() => parseFile(bytes));
  expect(refused.code).toBe('DICOM_TOO_DEEP');
  expect(refused.ms).toBeLessThan(200);
  expect(codeOf(() => parseFile(bytes, { maxDepth: 100_000 }))).toBe('DICOM_TRUNCATED');
});

test.each([0xfffffffe, 0x7fffffff, 0x80000000])(
  'a length of %i bytes in a small file is refused without allocating',
  (length) => {
    const bytes = part10(uid.explicit, element(0x00420011, 'OB', u32(1), undefined, length));
    expect(codeOf(() => parseFile(bytes))).toBe('DICOM_LENGTH_PAST_END');
  },
);

test('200,000 empty fragments are read in bounded time and count against the budget', () => {
  const empty = new Uint8Array(0);
  const bytes = part10(
    uid.jpeg,
    fragments(
      tags.PixelData,
      Array.from({ length: 200_000 }, () => empty),
    ),
  );
  const { code, ms } = timed(() => parseFile(bytes));
  expect(code).toBe('nothing thrown');
  expect(ms).toBeLessThan(1_000);
  expect(codeOf(() => parseFile(bytes, { maxElements: 100_000 }))).toBe('DICOM_TOO_MANY_ELEMENTS');
});

test('a million empty items end at the budget', () => {
  const items = new Uint8Array(8 * 1_100_000);
  const one = item(new Uint8Array(0));
  for (let at = 0; at < items.length; at += 8) items.set(one, at);
  const { code, ms } = timed(() => parseFile(part10(uid.explicit, element(0x00081140, 'SQ', items))));
  expect(code).toBe('DICOM_TOO_MANY_ELEMENTS');
  expect(ms).toBeLessThan(5_000);
});

test('values that merely look like sequences are forgiven a hundred times, not for ever', () => {
  const rubbish = concat(tagBytes(tags.Item), u32(99));
  const many = Array.from({ length: 20_000 }, (_, index) => element(0x00081140, 'UN', rubbish.with(4, index & 0xff)));
  const { code, ms } = timed(() => parseFile(part10(uid.explicit, ...many), { duplicates: 'accept' }));
  expect(code).toBe('DICOM_LENGTH_PAST_END');
  expect(ms).toBeLessThan(1_000);
});

test('warnings do not grow with the file', () => {
  const odd = Array.from({ length: 50_000 }, (_, index) =>
    element(0x00100000 + (50_000 - index) * 2, 'LO', Uint8Array.of(65)),
  );
  expect(parseFile(part10(uid.explicit, ...odd)).warnings.length).toBe(1_000);
});

test('zeros that might be padding are looked at once, not once an element', () => {
  const zeros = new Uint8Array(4_000_001);
  zeros[zeros.length - 1] = 1;
  const { ms } = timed(() => parseFile(part10(uid.explicit, element(tags.PatientID, 'LO', 'x'), zeros)));
  expect(ms).toBeLessThan(2_000);
});

test('pixel data hidden behind a false end is found and cut out all the same', () => {
  const pixels = element(tags.PixelData, 'OW', u32(1));
  const falseEnd = element(0x00000000, 'UL', u32(0));
  const file = parseFile(part10(uid.explicit, element(tags.FloatPixelData, 'OF', u32(1)), falseEnd, pixels));
  expect(file.pixelElements.map(({ tag }) => tag)).toEqual([tags.FloatPixelData, tags.PixelData]);
});
