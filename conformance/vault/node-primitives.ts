import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  hash,
  randomBytes,
  sign,
  verify,
} from 'node:crypto';
import {
  type Detached,
  type Primitives,
  publicKeyOfInfo,
  type RunningMacs,
  type Signatures,
} from '../../packages/vault/src/index.ts';

const algorithm = 'aes-256-gcm';
const tagBytes = 16;
const options = { authTagLength: tagBytes };

/**
 * The vault's primitives from node:crypto, for the tests of this folder.
 *
 * Cost    A key goes in as a KeyObject: 1 µs to make, where raw bytes cost `createCipheriv` and `createHmac` some 10 µs
 *         a call. `seal` copies the ciphertext once to join the tag; `sealDetached` does not.
 */
export const nodePrimitives = {
  seal(key, nonce, additional, plain) {
    const { ciphertext, tag } = sealDetached(key, nonce, additional, [plain]);
    const sealed = new Uint8Array(plain.length + tagBytes);
    sealed.set(ciphertext[0] as Uint8Array);
    sealed.set(tag, plain.length);
    return sealed;
  },
  sealDetached,
  open(key, nonce, additional, sealed) {
    const tagAt = sealed.length - tagBytes;
    if (tagAt < 0) throw new RangeError('sealed bytes are shorter than a tag');
    const decipher = createDecipheriv(algorithm, createSecretKey(key), nonce, options);
    decipher.setAuthTag(sealed.subarray(tagAt));
    if (additional.length > 0) decipher.setAAD(additional);
    const plain = decipher.update(sealed.subarray(0, tagAt));
    decipher.final();
    return plain;
  },
  hash: (name, data) => hash(name, data, 'buffer'),
  mac: (name, key, data) => createHmac(name, createSecretKey(key)).update(data).digest(),
  random: (bytes) => randomBytes(bytes),
} satisfies Primitives;

function sealDetached(
  key: Uint8Array,
  nonce: Uint8Array,
  additional: Uint8Array,
  plain: readonly Uint8Array[],
): Detached {
  const cipher = createCipheriv(algorithm, createSecretKey(key), nonce, options);
  if (additional.length > 0) cipher.setAAD(additional);
  const ciphertext = plain.map((piece) => cipher.update(piece));
  cipher.final();
  return { ciphertext, tag: cipher.getAuthTag() };
}

/** Ed25519 and running MACs from node:crypto. */
export const nodeSignatures = {
  sign: (privateKey, message) => sign(null, message, derKey(privateKey)),
  verify: (publicKey, message, signature) =>
    verify(null, message, { key: Buffer.from(publicKey), format: 'der', type: 'spki' }, signature),
} satisfies Signatures;

export const nodeMacs = {
  startMac(algorithm, key) {
    const mac = createHmac(algorithm, createSecretKey(key));
    return { update: (data) => void mac.update(data), digest: () => mac.digest() };
  },
} satisfies RunningMacs;

/** The public half of a private key of 32 bytes. */
export function publicKeyFrom(privateKey: Uint8Array): Uint8Array {
  const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), privateKey]);
  return publicKeyOfInfo(createPublicKey(derKey(pkcs8)).export({ format: 'der', type: 'spki' }));
}

function derKey(privateKey: Uint8Array) {
  return createPrivateKey({ key: Buffer.from(privateKey), format: 'der', type: 'pkcs8' });
}
