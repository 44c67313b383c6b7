export { openCell, sealCell, unwrapKey, wrapKey } from './cell.ts';
export { context } from './context.ts';
export { deriveKey } from './derive-key.ts';
export { VaultError, type VaultErrorCode } from './errors.ts';
export { keyedDigest, verifyKeyedDigest } from './keyed-digest.ts';
export type {
  Detached,
  HashAlgorithm,
  MaybePromise,
  Primitives,
  RunningMac,
  RunningMacs,
  Signatures,
} from './primitives.ts';
export type { StreamKey } from './sealed-stream/header.ts';
export { plainSize, sealedSize, streamHeaderBytes, streamSegmentBytes } from './sealed-stream/layout.ts';
export { openRange, openStream, openWhole, type SealedSource, StreamOpener } from './sealed-stream/open.ts';
export { type SealOptions, StreamSealer, sealWhole } from './sealed-stream/seal.ts';
export { publicKeyInfo, publicKeyOfInfo, signMessage, verifySignature } from './signature.ts';
