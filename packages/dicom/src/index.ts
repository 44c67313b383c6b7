/** The door of `@symbolon/dicom`: what other packages may use. */

export {
  type DicomJson,
  type DicomJsonAttribute,
  type DicomJsonOptions,
  type DicomJsonPersonName,
  type DicomJsonValue,
  toDicomJson,
} from './dicom-json.ts';
export { type DictionaryEntry, lookupTag, tagOfKeyword } from './dictionary.ts';
export type { DataSet, DicomFile, Element, Fragment, ParseOptions } from './element.ts';
export { DicomError, type DicomErrorCode, type DicomWarning, type DicomWarningCode } from './errors.ts';
export { foldText } from './fold.ts';
export { type InstanceUids, instanceUids } from './identify.ts';
export { matches } from './matches.ts';
export { type IdentityHalfOptions, looksLikePart10, parseFile, parseIdentityHalf } from './parse-file.ts';
export { type PersonName, personName } from './person-name.ts';
export { type Cut, merge, type Split, split } from './split.ts';
export { isPixelTag, tags, tagText } from './tags.ts';
export { isDeflatedWhole, isEncapsulated, isTransferSyntax } from './transfer-syntax.ts';
export { uidName } from './uids.ts';
export { number, numbers, text, texts } from './value.ts';
