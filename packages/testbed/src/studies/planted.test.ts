import { expect, test } from 'vitest';
import { fileNameField, plantedStudy } from './planted.ts';

const { files, canaries } = plantedStudy(11, ['Mandelbaumschulenweg', 'Ölmützstraße山田']);

test('every canary stands in the file that it names, and none in another place', () => {
  for (const canary of canaries) {
    const holders = files.filter((file) =>
      canary.field === fileNameField
        ? file.name.includes(canary.value)
        : Buffer.from(file.bytes).includes(Buffer.from(canary.encoded)),
    );
    const expected = canary.field === 'StudyInstanceUID' ? files : files.filter((file) => file.name === canary.file);
    expect(holders, canary.field).toEqual(expected);
  }
});

test('every canary is a string of its own, and long enough that nobody writes it by chance', () => {
  expect(new Set(canaries.map((canary) => canary.value)).size).toBe(canaries.length);
  for (const { value, field } of canaries) {
    expect(value.length, field).toBeGreaterThanOrEqual(field === 'PatientBirthDate' ? 8 : 14);
  }
});

test('no canary stands in top-level pixel data', () => {
  for (const file of files) {
    const bytes = Buffer.from(file.bytes);
    // The last one: an icon has pixel data too, and stands before.
    const at = bytes.lastIndexOf(Buffer.from([0xe0, 0x7f, 0x10, 0x00, 0x4f, 0x57, 0, 0]));
    const length = bytes.readUInt32LE(at + 8);
    if (length !== 128 * 128 * 2) continue;
    const pixels = bytes.subarray(at + 12, at + 12 + length);
    for (const canary of canaries) expect(pixels.includes(Buffer.from(canary.encoded)), canary.field).toBe(false);
  }
});

test('canaries reach three levels down, into private elements, icons, overlays and other scripts', () => {
  const fields = canaries.map((canary) => canary.field).join('\n');
  for (const part of ['depth 5', 'private UN', 'private nest', 'icon', 'OverlayComments', 'PDF', 'ideographic']) {
    expect(fields).toContain(part);
  }
  expect(canaries.some((canary) => /[\u4e00-\u9fff]/.test(canary.value))).toBe(true);
  expect(canaries.some((canary) => /^Ä/.test(canary.value))).toBe(true);
});
