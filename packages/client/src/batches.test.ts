import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { batches, maxBatchFiles, type UploadFile } from './batches.ts';

const maxBytes = 1000;

function fileOf(bytes: number, at: number): UploadFile {
  const lazy = { size: bytes, stream: () => new ReadableStream<Uint8Array<ArrayBuffer>>() };
  return { path: String(at), sha256: '', bytes, body: bytes > maxBytes ? lazy : new Uint8Array(bytes) };
}

describe('batches', () => {
  test('every file is in one batch, in order; none exceeds files or bytes; a large one goes alone (property)', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2 * maxBytes), { maxLength: 120 }), (sizes) => {
        const files = sizes.map(fileOf);
        const made = [...batches(files, maxBytes)];
        expect(made.flat()).toEqual(files);
        for (const batch of made) {
          expect(batch.length).toBeGreaterThan(0);
          expect(batch.length).toBeLessThanOrEqual(maxBatchFiles);
          const bytes = batch.reduce((sum, file) => sum + file.bytes, 0);
          expect(bytes <= maxBytes || batch.length === 1).toBe(true);
        }
      }),
    );
  });

  test('files that are read as they travel share a request, unless one fills it', () => {
    const lazy = (bytes: number, at: number): UploadFile => {
      const body = { size: bytes, stream: () => new ReadableStream<Uint8Array<ArrayBuffer>>() };
      return { path: String(at), sha256: '', bytes, body };
    };
    const made = [...batches([300, 300, 300, 300, maxBytes, 10].map(lazy), maxBytes)];
    expect(made.map((batch) => batch.map(({ bytes }) => bytes))).toEqual([[300, 300, 300], [300], [maxBytes], [10]]);
  });
});
