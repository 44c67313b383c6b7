import { joined } from './bytes.ts';
import type { Primitives, RunningMacs, Signatures } from './primitives.ts';

type Bytes = Uint8Array<ArrayBuffer>;
const hashNames = { sha256: 'SHA-256', sha512: 'SHA-512' };
const { subtle } = crypto;

/** The vault's primitives from WebCrypto, every one of which answers later: what the tests of this package ride on. */
export const webPrimitives: Primitives & RunningMacs & Signatures = {
  async seal(key, nonce, additional, plain) {
    const cipher = { name: 'AES-GCM', iv: nonce as Bytes, additionalData: additional as Bytes };
    return new Uint8Array(await subtle.encrypt(cipher, await cipherKey(key), plain as Bytes));
  },
  async open(key, nonce, additional, sealed) {
    const cipher = { name: 'AES-GCM', iv: nonce as Bytes, additionalData: additional as Bytes };
    return new Uint8Array(await subtle.decrypt(cipher, await cipherKey(key), sealed as Bytes));
  },
  async hash(algorithm, data) {
    return new Uint8Array(await subtle.digest(hashNames[algorithm], data as Bytes));
  },
  async mac(algorithm, key, data) {
    const hmac = { name: 'HMAC', hash: hashNames[algorithm] };
    const macKey = await subtle.importKey('raw', key as Bytes, hmac, false, ['sign']);
    return new Uint8Array(await subtle.sign('HMAC', macKey, data as Bytes));
  },
  startMac(algorithm, key) {
    // WebCrypto has no running MAC: gathered, which a test can afford.
    const pieces: Uint8Array[] = [];
    return {
      update: (data) => void pieces.push(data.slice()),
      digest: () => webPrimitives.mac(algorithm, key, joined(...pieces)),
    };
  },
  async sign(privateKey, message) {
    const key = await subtle.importKey('pkcs8', privateKey as Bytes, 'Ed25519', false, ['sign']);
    return new Uint8Array(await subtle.sign('Ed25519', key, message as Bytes));
  },
  async verify(publicKey, message, signature) {
    const key = await subtle.importKey('spki', publicKey as Bytes, 'Ed25519', false, ['verify']);
    return subtle.verify('Ed25519', key, signature as Bytes, message as Bytes);
  },
  random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
};

function cipherKey(key: Uint8Array): Promise<CryptoKey> {
  return subtle.importKey('raw', key as Bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
}
