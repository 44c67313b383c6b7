import { joined, utf8 } from './bytes.ts';
import { VaultError } from './errors.ts';

const kindText = 1;
const kindBytes = 2;
const kindNumber = 3;

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
  return joined(...parts.map(encodePart));
}

function encodePart(part: string | Uint8Array | number): Uint8Array {
  if (typeof part === 'number') {
    if (!Number.isSafeInteger(part) || part < 0) {
      throw new VaultError('VAULT_CONTEXT_WRONG', 'a number in a context is an integer from 0 to 2^53 - 1');
    }
    const value = new Uint8Array(8);
    new DataView(value.buffer).setBigUint64(0, BigInt(part));
    return tagged(kindNumber, value);
  }
  if (typeof part === 'string') {
    if (!part.isWellFormed()) throw new VaultError('VAULT_CONTEXT_WRONG', 'text in a context has a lone surrogate');
    return tagged(kindText, utf8(part));
  }
  return tagged(kindBytes, part);
}

function tagged(kind: number, value: Uint8Array): Uint8Array {
  const part = new Uint8Array(5 + value.length);
  part[0] = kind;
  new DataView(part.buffer).setUint32(1, value.length);
  part.set(value, 5);
  return part;
}
