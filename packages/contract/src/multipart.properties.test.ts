import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boundaryOf, readMultipart } from './multipart.ts';

/** How long this thread has worked so far, whatever else a busy machine does. Units: milliseconds. */
const workedMs = (): number => process.threadCpuUsage().user / 1000;

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

type Part = { readonly headers: Readonly<Record<string, string>>; readonly body: Uint8Array };

function written(parts: readonly Part[], boundary: string, preamble = ''): Uint8Array {
  const pieces = parts.flatMap(({ headers, body }, at) => {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    return [bytesOf(`${at > 0 || preamble ? '\r\n' : ''}--${boundary}\r\n${lines.join('')}\r\n`), body];
  });
  return joined([bytesOf(preamble), ...pieces, bytesOf(`\r\n--${boundary}--`)]);
}

async function* cutAt(whole: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const places = [0, ...cuts.map((cut) => cut % (whole.length + 1)).toSorted((a, b) => a - b), whole.length];
  for (let i = 1; i < places.length; i += 1) yield whole.subarray(places[i - 1], places[i]);
}

async function* inPiecesOf(whole: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < whole.length; at += size) yield whole.subarray(at, at + size);
}

async function read(chunks: AsyncIterable<Uint8Array>, boundary: string, maxParts?: number): Promise<Part[]> {
  const parts: Part[] = [];
  for await (const { headers, body } of readMultipart(chunks, boundary, maxParts)) {
    const pieces: Uint8Array[] = [];
    for await (const piece of body) pieces.push(piece.slice());
    parts.push({ headers: Object.fromEntries(headers), body: joined(pieces) });
  }
  return parts;
}

const boundary = 'b0undary';
/** Bytes that look like a delimiter up to their last byte, and floods of what a delimiter begins with. */
const tricky = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc
    .array(
      fc.constantFrom('\r', '\n', '\r\n', '\r\n-', '\r\n--', '\r\n--b0undar', '\r\n--b0undarX', '--b0undary', '\r\r'),
      { maxLength: 12 },
    )
    .map((pieces) => bytesOf(pieces.join(''))),
);
const part = fc
  .record({
    body: fc.array(tricky, { maxLength: 3 }).map(joined),
    headers: fc.constantFrom<Record<string, string>>(
      {},
      { 'content-type': 'application/dicom' },
      { 'content-type': 'application/dicom; transfer-syntax=1.2', 'content-length': '7' },
    ),
  })
  // A body that ends in CR and is followed by the delimiter's own CR LF is fine; one that holds the delimiter is not.
  .filter(({ body }) => !new TextDecoder('latin1').decode(body).includes(`\r\n--${boundary}`));

describe('reading a multipart body', () => {
  test('gives the same parts whatever the chunking', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(part, { minLength: 1, maxLength: 4 }),
        fc.array(fc.nat(1000), { maxLength: 12 }),
        fc.constantFrom('', 'This is a preamble.', 'one\r\ntwo'),
        async (parts, cuts, preamble) => {
          const whole = written(parts, boundary, preamble);
          expect(await read(cutAt(whole, cuts), boundary)).toEqual(parts);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('gives the same parts byte by byte', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 3 }), async (parts) => {
        expect(await read(inPiecesOf(written(parts, boundary), 1), boundary)).toEqual(parts);
      }),
      { numRuns: 100 },
    );
  });

  test('throws wherever the body is cut short', async () => {
    const whole = written(
      [
        { headers: { a: 'b' }, body: bytesOf('one') },
        { headers: {}, body: bytesOf('\r\n') },
      ],
      boundary,
    );
    for (let length = 0; length < whole.length; length += 1) {
      for (const size of [1, 7, 1000]) {
        await expect(read(inPiecesOf(whole.subarray(0, length), size), boundary), `${length} bytes`).rejects.toThrow(
          expect.objectContaining({ code: 'MULTIPART_CUT_SHORT' }),
        );
      }
    }
    expect(await read(inPiecesOf(whole, 3), boundary)).toHaveLength(2);
  });

  test('a part that was left half-read does not spoil the next', async () => {
    const whole = written(
      [
        { headers: {}, body: new Uint8Array(50_000).fill(65) },
        { headers: {}, body: bytesOf('two') },
      ],
      boundary,
    );
    const seen: string[] = [];
    for await (const { body } of readMultipart(inPiecesOf(whole, 100), boundary)) {
      for await (const piece of body) {
        seen.push(new TextDecoder().decode(piece.subarray(0, 3)));
        break;
      }
    }
    expect(seen).toEqual(['AAA', 'two']);
  });

  test('what follows the closing delimiter means nothing, but is read to its end', async () => {
    let ended = false;
    const whole = joined([written([{ headers: {}, body: bytesOf('one') }], boundary), bytesOf('\r\nepilogue')]);
    const chunks = (async function* () {
      yield* inPiecesOf(whole, 5);
      ended = true;
    })();
    expect(await read(chunks, boundary)).toHaveLength(1);
    expect(ended).toBe(true);
  });

  test('more parts than allowed are refused', async () => {
    const parts = Array.from({ length: 4 }, () => ({ headers: {}, body: bytesOf('x') }));
    const whole = written(parts, boundary);
    await expect(read(inPiecesOf(whole, 9), boundary, 3)).rejects.toThrow(
      expect.objectContaining({ code: 'MULTIPART_TOO_LONG' }),
    );
  });

  test.each([1, 100, 1_000_000])('headers have 16 KiB at most, in chunks of %i bytes too', async (size) => {
    const withHeader = (bytes: number): Uint8Array =>
      written([{ headers: { a: 'x'.repeat(bytes - '\r\na: '.length) }, body: bytesOf('one') }], boundary);
    expect(await read(inPiecesOf(withHeader(16 * 1024), size), boundary)).toHaveLength(1);
    await expect(read(inPiecesOf(withHeader(16 * 1024 + 1), size), boundary)).rejects.toThrow(
      expect.objectContaining({ code: 'MULTIPART_TOO_LONG' }),
    );
  });

  test('a flood of CR, or of beginnings of a delimiter, takes time in proportion to its length', async () => {
    for (const text of ['\r', '\r\n', '\r\n--b0undar']) {
      const body = bytesOf(text.repeat(Math.floor(4_000_000 / text.length)));
      const whole = written([{ headers: {}, body }], boundary);
      const start = workedMs();
      const parts = await read(inPiecesOf(whole, 65_536), boundary);
      expect(workedMs() - start, JSON.stringify(text)).toBeLessThan(2000);
      expect(parts[0]?.body.length).toBe(body.length);
    }
  });
});

describe('the boundary in a content type', () => {
  test.each([
    ['multipart/related; type="application/dicom"; boundary=abc', 'abc'],
    ['multipart/related; boundary="a b:c"; type=x', 'a b:c'],
    ['multipart/related;BOUNDARY = abc;x=y', 'abc'],
    ["multipart/related; boundary=a'()+_,-./:=?z", "a'()+_,-./:=?z"],
  ])('is found in %s', (type, found) => {
    expect(boundaryOf(type)).toBe(found);
  });

  test.each([
    'multipart/related',
    'multipart/related; boundary=',
    'multipart/related; boundary=""',
    `multipart/related; boundary="${'x'.repeat(101)}"`,
    `multipart/related; boundary=${'x'.repeat(101)}`,
  ])('is missed in %s', (type) => {
    expect(() => boundaryOf(type)).toThrow(expect.objectContaining({ code: 'MULTIPART_BOUNDARY_MISSING' }));
  });
});
