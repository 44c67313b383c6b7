export {
  type CompressedImage,
  chunkedVersion,
  compressChunk,
  type Method,
  methodNumber,
} from './chunks.ts';
export { currentIn, isCurrent, type Placed, type Standing } from './current.ts';
export { joinHalves } from './join-halves.ts';
export {
  type AsidePack,
  asidePacksOf,
  asideStudies,
  openAside,
  packsBeside,
  packsByIds,
  packsNotWholly,
  turnOver,
} from './kept-aside.store.ts';
export { type Attributes, type Manifest, type ManifestInstance, PacksError } from './manifest.ts';
export { PackReader, type PackRow, type Stores } from './open-pack.ts';
export {
  addPacks,
  allPackIdsOf,
  type NewPack,
  packRowsAfter,
  packsOf,
  packsToRead,
  packsWithTokens,
  type StoredPack,
  tokensOfPack,
  writePackTokens,
} from './pack.store.ts';
export { type PackPlace, packVersion } from './pack-keys.ts';
export { maxIdentityInRow, maxPackBytes, maxPackInstances } from './pack-limits.ts';
export {
  forgetReplaced,
  lockPacks,
  packsReplacedBefore,
  type Replaceable,
  type Replacement,
  removePacks,
  replacePacks,
} from './replace.store.ts';
export { type PackableInstance, type SealedPack, sealPack } from './seal-pack.ts';
export { ImageWriter, type StoredImage, storedImageKey } from './stored-image.ts';
export { Taker } from './take-exactly.ts';
export { walkPacks } from './walk-packs.ts';
