/** The door of `@symbolon/dicom`: what other packages may use. */

export { type DictionaryEntry, lookupTag, tagOfKeyword } from './dictionary/dictionary.ts';
export { isPixelTag, tags, tagText } from './dictionary/tags.ts';
export { isDeflatedWhole, isEncapsulated, isTransferSyntax } from './dictionary/transfer-syntax.ts';
export { uidName } from './dictionary/uids.ts';
export type { DataSet, DicomFile, Element, Fragment, ParseOptions } from './element.ts';
export { DicomError, type DicomErrorCode, type DicomWarning, type DicomWarningCode } from './errors.ts';
export {
  type DicomJson,
  type DicomJsonAttribute,
  type DicomJsonOptions,
  type DicomJsonPersonName,
  type DicomJsonValue,
  toDicomJson,
} from './json/dicom-json.ts';
export { matches } from './matching/matches.ts';
export { type InstanceUids, instanceUids } from './parse/identify.ts';
export {
  type IdentityHalfOptions,
  looksLikePart10,
  parseFile,
  parseHeader,
  parseIdentityHalf,
} from './parse/parse-file.ts';
export { type Cut, merge, type Split, split } from './split/split.ts';
export { type StreamedSplit, StreamSplitter } from './split/stream-splitter.ts';
export { foldText } from './text/fold.ts';
export { type PersonName, personName } from './text/person-name.ts';
export { number, numbers, text, texts } from './value.ts';
