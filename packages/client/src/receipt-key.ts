import { digestOf, type NewHasher } from './digest.ts';
import { ReceiptError } from './receipt-error.ts';

/**
 * The exchange's receipt key as the verifier knows it from elsewhere, never from the receipt: the key itself, or the
 * SHA-256 of its SubjectPublicKeyInfo. Source: RFC 8410 §4 for the DER of an Ed25519 key, always 44 bytes.
 */
export type TrustedKey = { readonly spki: Uint8Array } | { readonly fingerprint: string };

const spkiBytes = 44;
const ed25519Prefix = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}

/** Base64 has spare bits at its end which decode to nothing: only the spelling that encoding gives is taken. */
export function exactBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  const bytes = fromBase64(text);
  return toBase64(bytes) === text ? bytes : undefined;
}

export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

export function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

function isEd25519Spki(der: Uint8Array): boolean {
  return der.length === spkiBytes && ed25519Prefix.every((byte, at) => der[at] === byte);
}

/** Reads a public key from PEM text, or from the bare base64 of its DER. */
export function readPublicKey(text: string): TrustedKey {
  const body = /-----BEGIN PUBLIC KEY-----([\s\S]*?)-----END PUBLIC KEY-----/.exec(text)?.[1] ?? text;
  const base64 = body.replace(/\s+/g, '');
  const spki = /^[A-Za-z0-9+/]+={0,2}$/.test(base64) ? fromBase64(base64) : new Uint8Array();
  if (isEd25519Spki(spki)) return { spki };
  throw new ReceiptError('RECEIPT_KEY_UNREADABLE', 'this is not an Ed25519 public key in PEM form');
}

/** Reads a fingerprint: 64 hexadecimal digits, colons and case as they come. */
export function readFingerprint(text: string): TrustedKey {
  const fingerprint = text.trim().replace(/:/g, '').toLowerCase();
  if (/^[0-9a-f]{64}$/.test(fingerprint)) return { fingerprint };
  throw new ReceiptError('RECEIPT_KEY_UNREADABLE', 'a fingerprint is 64 hexadecimal digits');
}

export function publicKeyPem(spki: Uint8Array): string {
  return `-----BEGIN PUBLIC KEY-----\n${toBase64(spki)}\n-----END PUBLIC KEY-----\n`;
}

export function fingerprintOf(spki: Uint8Array, newHasher: NewHasher): string {
  return digestOf(newHasher, spki);
}

/** Whether this is the key that is trusted, and one of those with which an exchange signs. */
export function isTrusted(trusted: TrustedKey, spki: Uint8Array, newHasher: NewHasher): boolean {
  const same = 'spki' in trusted ? equal(trusted.spki, spki) : trusted.fingerprint === fingerprintOf(spki, newHasher);
  return same && isEd25519Spki(spki);
}

export async function isSigned(
  spki: Uint8Array<ArrayBuffer>,
  signature: Uint8Array<ArrayBuffer>,
  message: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const key = await crypto.subtle.importKey('spki', spki, 'Ed25519', false, ['verify']);
  return crypto.subtle.verify('Ed25519', key, signature, message);
}
