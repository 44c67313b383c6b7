export { derive, type KeyChains, type StudyPlace } from './key-chains.ts';
export { type KeyService, KeysError } from './key-service.ts';
export { type Keys, openKeys, receiptKeyName } from './open-keys.ts';
export { nodePrimitives } from './primitives.ts';
