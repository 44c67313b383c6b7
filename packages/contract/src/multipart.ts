export type MultipartErrorCode = 'MULTIPART_BOUNDARY_MISSING' | 'MULTIPART_CUT_SHORT' | 'MULTIPART_TOO_LONG';

export class MultipartError extends Error {
  override readonly name = 'MultipartError';
  readonly code: MultipartErrorCode;
  constructor(code: MultipartErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

export type MultipartPart = { readonly headers: ReadonlyMap<string, string>; readonly body: AsyncIterable<Uint8Array> };

const CR = 13;
const maxHeaderBytes = 16 * 1024;
const crlf2 = new Uint8Array([13, 10, 13, 10]);
const latin1 = new TextDecoder('latin1');

/** RFC 2046 §5.1.1 has 70, and Orthanc, which sends to many, writes 73. In UTF-8 and with its hyphens it must stay below 256. */
const maxBoundary = 100;

/** The boundary parameter of a `multipart/related` content type. Source: RFC 2046 §5.1.1. */
export function boundaryOf(contentType: string): string {
  const found = /;\s*boundary\s*=\s*(?:"([^"]+)"|([^\s;"]+))/i.exec(contentType);
  const boundary = found?.[1] ?? found?.[2];
  if (boundary === undefined)
    throw new MultipartError('MULTIPART_BOUNDARY_MISSING', 'the content type names no boundary');
  if (boundary.length > maxBoundary)
    throw new MultipartError('MULTIPART_BOUNDARY_MISSING', `the boundary has more than ${maxBoundary} characters`);
  return boundary;
}

/**
 * Where `needle` begins, or -1. It looks at one byte in as many as the needle has, and at the others only where that one may be the
 * needle's last. CR stands once in a delimiter, so that however a body is made, no byte of it is compared more often than twice.
 */
function finder(needle: Uint8Array): (hay: Uint8Array) => number {
  const behind = needle.length - 1;
  const last = needle[behind];
  /** How far on the needle may begin at the soonest, by the byte that stands where its last would. */
  const steps = new Uint8Array(256).fill(needle.length);
  for (let i = 0; i < behind; i += 1) steps[needle[i] as number] = behind - i;
  return (hay) => {
    for (let end = behind; end < hay.length; ) {
      const byte = hay[end] as number;
      if (byte === last) {
        const at = end - behind;
        let i = 0;
        while (i < behind && hay[at + i] === needle[i]) i += 1;
        if (i === behind) return at;
      }
      end += steps[byte] as number;
    }
    return -1;
  };
}

const findHeadEnd = finder(crlf2);

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

function parseHeaders(block: Uint8Array): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of latin1.decode(block).split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return headers;
}

/**
 * Reads a multipart body as it comes, without holding a part.
 *
 * Shape   in: chunks of any size. out: parts, in order; each part's body must be read to its end before the next is
 *         asked for (what is left of it is read and thrown away).
 * Law     the bodies are the bytes between the delimiters, whatever the chunking.
 * Cost    one look at each byte; a copy only of the few bytes around a chunk's end.
 * Source  RFC 2046 §5.1, RFC 2387.
 *
 * @throws MultipartError MULTIPART_CUT_SHORT  the body ends before its closing delimiter
 * @throws MultipartError MULTIPART_TOO_LONG   a part's headers exceed 16 KiB, or the parts `maxParts`
 */
export async function* readMultipart(
  chunks: AsyncIterable<Uint8Array>,
  boundary: string,
  maxParts = 100_000,
): AsyncGenerator<MultipartPart> {
  const delimiter = new TextEncoder().encode(`\r\n--${boundary}`);
  const findDelimiter = finder(delimiter);
  const input = chunks[Symbol.asyncIterator]();
  // A virtual CRLF, since the first delimiter may stand at the very beginning.
  let held: Uint8Array = new Uint8Array([13, 10]);
  let parts = 0;
  let atDelimiter = false;

  async function more(): Promise<boolean> {
    const next = await input.next();
    if (next.done) return false;
    held = join(held, next.value);
    return true;
  }

  /** Gives what precedes the next delimiter, and leaves `held` behind it. */
  async function* untilDelimiter(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const at = findDelimiter(held);
      if (at >= 0) {
        const before = held.subarray(0, at);
        held = held.subarray(at + delimiter.length);
        atDelimiter = true;
        if (before.length > 0) yield before;
        return;
      }
      // Only from the last CR on can a delimiter have begun.
      const tail = held.lastIndexOf(CR);
      const safe = tail >= 0 && held.length - tail < delimiter.length ? tail : held.length;
      const ready = held.subarray(0, safe);
      held = held.subarray(safe);
      if (ready.length > 0) yield ready;
      if (!(await more())) throw new MultipartError('MULTIPART_CUT_SHORT', 'the body ended before its last delimiter');
    }
  }

  for await (const _ of untilDelimiter()) void _;
  for (;;) {
    while (held.length < 2)
      if (!(await more())) throw new MultipartError('MULTIPART_CUT_SHORT', 'the body ended at a delimiter');
    if (held[0] === 45 && held[1] === 45) {
      // What follows the closing delimiter means nothing, but must be read for the connection to go on.
      while (!(await input.next()).done);
      return;
    }
    parts += 1;
    if (parts > maxParts) throw new MultipartError('MULTIPART_TOO_LONG', `it has more than ${maxParts} parts`);
    // Transport padding, CRLF, headers, empty line; a part without headers has the empty line at once.
    let end = findHeadEnd(held);
    while (end < 0 && held.length < maxHeaderBytes + crlf2.length) {
      if (!(await more()))
        throw new MultipartError('MULTIPART_CUT_SHORT', 'the body ended inside the headers of a part');
      end = findHeadEnd(held);
    }
    if (end < 0 || end > maxHeaderBytes)
      throw new MultipartError('MULTIPART_TOO_LONG', 'the headers of a part are longer than 16 KiB');
    const headers = parseHeaders(held.subarray(0, end));
    held = held.subarray(end + 4);
    atDelimiter = false;
    yield { headers, body: untilDelimiter() };
    // Not the reader's own iterator: one that was left with `break` is at its end, though its part is not.
    if (!atDelimiter) for await (const _ of untilDelimiter()) void _;
  }
}
