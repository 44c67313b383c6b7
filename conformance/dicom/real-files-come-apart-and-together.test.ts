import { readFileSync } from 'node:fs';
import {
  type DicomFile,
  merge,
  parseFile,
  parseIdentityHalf,
  StreamSplitter,
  split,
  tagText,
  toDicomJson,
} from '@symbolon/dicom';
import { describe, expect, test } from 'vitest';
import { options, readFile } from './our-reading.ts';
import { files } from './real-files.ts';

const chunkBytes = 10_007;

/** The parts of every file that is read, one after another; what is refused stands in refused-files.ts. */
function* filesRead(): Generator<{ name: string; bytes: Uint8Array; file: DicomFile }> {
  for (const { name, path } of files) {
    if (typeof readFile(path, options) === 'string') continue;
    const bytes = new Uint8Array(readFileSync(path));
    yield { name, bytes, file: parseFile(bytes, options) };
  }
}

/** Buffers, since comparing them does not take a step a byte. */
const same = (a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean => Buffer.concat(a).equals(Buffer.concat(b));

describe.skipIf(files.length === 0)('every real file that is read', () => {
  test('merges back byte for byte, and its image half is its pixel data elements', () => {
    let merged = 0;
    for (const { name, bytes, file } of filesRead()) {
      const { identity, image, cuts } = split(file);
      const whole = merge(Buffer.concat(identity), Buffer.concat(image), cuts);
      expect(same(whole, [bytes]), name).toBe(true);
      const pixels = file.deflated ? [] : file.pixelElements.map(({ start, end }) => bytes.subarray(start, end));
      expect(same(image, pixels), name).toBe(true);
      merged++;
    }
    expect(merged).toBeGreaterThan(100);
  });

  test('tells the same by its identity half alone', () => {
    for (const { name, file } of filesRead()) {
      const { identity, cuts } = split(file);
      const half = parseIdentityHalf(Buffer.concat(identity), { ...options, cuts });
      const told = toDicomJson(file.dataset);
      if (!file.deflated) for (const { tag } of file.pixelElements) delete told[tagText(tag)];
      expect(JSON.stringify(toDicomJson(half.dataset)) === JSON.stringify(told), name).toBe(true);
    }
  });

  test('comes apart alike when it comes in chunks', () => {
    for (const { name, bytes, file } of filesRead()) {
      const whole = split(file);
      const splitter = new StreamSplitter(options);
      const image: Uint8Array[] = [];
      for (let at = 0; at < bytes.length; at += chunkBytes) {
        image.push(...splitter.feed(bytes.subarray(at, at + chunkBytes)));
      }
      const ended = splitter.finish();
      expect(ended.cuts, name).toEqual(whole.cuts);
      expect(same([...image, ...ended.image], whole.image), name).toBe(true);
      expect(same([ended.identity], whole.identity), name).toBe(true);
    }
  });
});
