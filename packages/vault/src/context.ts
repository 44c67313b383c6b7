import { utf8 } from './bytes.ts';
import { VaultError } from './errors.ts';

const kindText = 1;
const kindBytes = 2;
const kindNumber = 3;
/** Kind and length, before each part. */
const headBytes = 5;

/**
 * Encodes a list of ids as bytes, in one way only: the additional data of cells, wraps and streams, and HKDF info.
 *
 * Shape   in: text, bytes, integers from 0 to 2⁵³ − 1. out: kind (1 byte), length (4), value, for each part in turn.
 * Law     Injective: two lists that differ, in kind or in where one part ends too, never give the same bytes.
 * Source  docs/formats/sealed-cell.md, "Context".
 *
 * @throws VaultError VAULT_CONTEXT_WRONG  no part, a lone surrogate, or another number
 */
export function context(...parts: readonly (string | Uint8Array | number)[]): Uint8Array {
  if (parts.length === 0) throw new VaultError('VAULT_CONTEXT_WRONG', 'a context names at least one thing');
  let at = 0;
  for (const part of parts) at = put(part, at);
  return scratch.slice(0, at);
}

/**
 * Where a context is put together: each instance has some twenty, of a few short ids, and an array for each part of each cost
 * 7 µs a context where this costs less than one. It holds ids alone, never keys.
 */
let scratch = new Uint8Array(1024);

/** Puts one part at an offset; gives the offset behind it. */
function put(part: string | Uint8Array | number, at: number): number {
  const most = typeof part === 'number' ? 8 : typeof part === 'string' ? 3 * part.length : part.length;
  if (at + headBytes + most > scratch.length) {
    const larger = new Uint8Array(2 * (at + headBytes + most));
    larger.set(scratch);
    scratch = larger;
  }
  if (typeof part === 'string') return head(kindText, at, putText(part, at + headBytes));
  if (typeof part === 'number') return head(kindNumber, at, putNumber(part, at + headBytes));
  scratch.set(part, at + headBytes);
  return head(kindBytes, at, part.length);
}

function head(kind: number, at: number, length: number): number {
  scratch[at] = kind;
  putUint32(length, at + 1);
  return at + headBytes + length;
}

/** UTF-8; gives its length. Ids are ASCII, which needs no encoder. */
function putText(text: string, at: number): number {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) {
      scratch[at + i] = unit;
      continue;
    }
    if (!text.isWellFormed()) throw new VaultError('VAULT_CONTEXT_WRONG', 'text in a context has a lone surrogate');
    const bytes = utf8(text);
    scratch.set(bytes, at);
    return bytes.length;
  }
  return text.length;
}

function putNumber(value: number, at: number): number {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new VaultError('VAULT_CONTEXT_WRONG', 'a number in a context is an integer from 0 to 2^53 - 1');
  }
  putUint32(Math.floor(value / 2 ** 32), at);
  putUint32(value % 2 ** 32, at + 4);
  return 8;
}

function putUint32(value: number, at: number): void {
  scratch[at] = value >>> 24;
  scratch[at + 1] = value >>> 16;
  scratch[at + 2] = value >>> 8;
  scratch[at + 3] = value;
}
