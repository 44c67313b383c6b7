import { deflateRawSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { files, rounds, roundsTimeoutMs } from '../fuzz.fixture.ts';
import { type Element, parseFile, parseHeader, tags, text } from '../index.ts';
import { codeOf, concat, element, item, part10, u32, uid } from '../part10.fixture.ts';

const name = element(tags.PatientName, 'PN', 'Doe^Jane');
const pixels = element(tags.PixelData, 'OW', new Uint8Array(1_000));

test('it stops before the pixel data, and needs no byte of its value', () => {
  const whole = part10(uid.explicit, name, pixels, element(0xfffcfffc, 'OB', u32(0)));
  const from = part10(uid.explicit, name).length;
  for (const bytes of [whole, whole.subarray(0, from + 12)]) {
    const header = parseHeader(bytes);
    expect(text(header.dataset, tags.PatientName)).toBe('Doe^Jane');
    expect(header.end).toBe(from);
    expect(header.pixelElements).toEqual([]);
    expect(header.dataset.elements.has(tags.PixelData)).toBe(false);
  }
});

test('pixel data in an icon is no end', () => {
  const icon = element(0x00880200, 'SQ', item(pixels));
  const late = element(0x20300010, 'LO', 'late');
  expect(text(parseHeader(part10(uid.explicit, icon, late, pixels)).dataset, 0x20300010)).toBe('late');
});

test(
  'of any first bytes it tells the elements that are whole in them, as the whole file does (property)',
  () => {
    fc.assert(
      fc.property(files, fc.nat(), (bytes, where) => {
        const metaEnd = parseFile(bytes).datasetStart;
        // The first element says what encoding it is, and that of group 0002 ends where it begins.
        const length = Math.min(bytes.length, metaEnd + 8 + (where % (bytes.length - metaEnd)));
        const header = parseHeader(bytes.subarray(0, length));
        const { dataset, pixelElements } = parseFile(bytes);
        const before = [...dataset.elements.values()].filter(
          ({ start }) => start < (pixelElements[0]?.start ?? Infinity),
        );
        const told = [...header.dataset.elements.values()];
        const place = ({ tag, start, end }: Element) => [tag, start, end];
        expect(told.map(place)).toEqual(before.filter(({ end }) => end <= header.end).map(place));
        // An element of an unknown VR is told from a longer one by what follows, however much that is.
        if (new TextDecoder('latin1').decode(bytes).includes('ZZ')) return;
        const certain = before.filter(({ end }) => end + 14 <= length);
        expect(told.slice(0, certain.length).map(place)).toEqual(certain.map(place));
      }),
      rounds(300),
    );
  },
  roundsTimeoutMs,
);

test('bytes that end within group 0002 are too few, and a bad file is bad', () => {
  expect(codeOf(() => parseHeader(part10(uid.explicit, name).subarray(0, 150)))).toBe('DICOM_TRUNCATED');
  expect(codeOf(() => parseHeader(new Uint8Array(400)))).toBe('DICOM_PREAMBLE_MISSING');
});

test('of a data set deflated whole all bytes are needed', () => {
  const inflateRaw = (bytes: Uint8Array): Uint8Array => new Uint8Array(inflateRawSync(bytes));
  const deflated = part10(uid.deflated, new Uint8Array(deflateRawSync(concat(name, pixels))));
  expect(codeOf(() => parseHeader(deflated, { inflateRaw }))).toBe('DICOM_TRUNCATED');
  const header = parseHeader(deflated, { inflateRaw, final: true });
  expect(text(header.dataset, tags.PatientName)).toBe('Doe^Jane');
});
