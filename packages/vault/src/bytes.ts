import { VaultError } from './errors.ts';

export function joined(...pieces: readonly Uint8Array[]): Uint8Array {
  let bytes = 0;
  for (const piece of pieces) bytes += piece.length;
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** Takes the same time wherever the two differ. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ b[i]!;
  return difference === 0;
}

export function requireLength(what: string, value: Uint8Array, least: number, most = least): void {
  if (value.length >= least && value.length <= most) return;
  const wanted = least === most ? `${least}` : `${least} to ${most}`;
  throw new VaultError('VAULT_LENGTH_WRONG', `${what} has ${value.length} bytes, not ${wanted}`);
}

const encoder = new TextEncoder();

export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}
