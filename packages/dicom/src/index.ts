/** The door of `@symbolon/dicom`: what other packages may use. */

export { type DictionaryEntry, lookupTag, tagOfKeyword } from './dictionary/dictionary.ts';
export type { UidKind } from './dictionary/generated/uids.ts';
export { isPixelTag, tags, tagText } from './dictionary/tags.ts';
export { isDeflatedWhole, isEncapsulated, isTransferSyntax } from './dictionary/transfer-syntax.ts';
export { lookupUid, type UidEntry, uidName, uidOfKeyword } from './dictionary/uids.ts';
export { type Edit, type EditedFile, type EditOptions, type EditPath, edit, type PrivateTag } from './edit/edit.ts';
export type { DataSet, DicomFile, Element, Fragment, ParseOptions } from './element.ts';
export { DicomError, type DicomErrorCode, type DicomWarning, type DicomWarningCode } from './errors.ts';
export { bulkDataAt } from './json/bulk-data.ts';
export {
  type DicomJson,
  type DicomJsonAttribute,
  type DicomJsonOptions,
  type DicomJsonPersonName,
  type DicomJsonValue,
  toDicomJson,
} from './json/dicom-json.ts';
export { type FromDicomJsonOptions, fromDicomJson } from './json/from-dicom-json.ts';
export { stringifyDicomJson } from './json/stringify.ts';
export { type JsonAttributes, jsonMatcher } from './matching/json-matcher.ts';
export { isReadableKey, type MatchOptions } from './matching/key.ts';
export { matches } from './matching/matches.ts';
export { matchesDataSet } from './matching/matches-data-set.ts';
export { fileIdOf, isFileId, relativePath } from './media/file-id.ts';
export {
  type MediaDirectory,
  type MediaRecord,
  type MediaWarning,
  type MediaWarningCode,
  mediaFiles,
  readMediaDirectory,
} from './media/read-media-directory.ts';
export {
  type MediaDirectoryOptions,
  type MediaDirectoryWriter,
  mediaDirectoryWriter,
  writeMediaDirectory,
} from './media/write-media-directory.ts';
export { type InstanceUids, instanceUids } from './parse/identify.ts';
export {
  type IdentityHalfOptions,
  looksLikePart10,
  parseFile,
  parseHeader,
  parseIdentityHalf,
} from './parse/parse-file.ts';
export {
  isReport,
  type Report,
  type ReportFact,
  type ReportLine,
  type ReportOptions,
  readReport,
} from './report/report.ts';
export { reportHtml } from './report/report-html.ts';
export { reportText } from './report/report-text.ts';
export { type Cut, merge, type Split, split } from './split/split.ts';
export { type StreamedSplit, StreamSplitter } from './split/stream-splitter.ts';
export { canEncode, type EncodeTextOptions, encodeText, encodeValues } from './text/encode-text.ts';
export { foldText } from './text/fold.ts';
export {
  type NameComponents,
  nameComponents,
  nameGroup,
  type PersonName,
  personName,
  personNameText,
} from './text/person-name.ts';
export { number, numbers, text, texts } from './value.ts';
export {
  type BulkData,
  type WriteElementOptions,
  type WriteOptions,
  writeDataSet,
  writeElement,
} from './write/write-data-set.ts';
export { type WriteFileOptions, writeFile, writeFilePieces } from './write/write-file.ts';
export { xmlQuoted, xmlText } from './xml/escape.ts';
export { fromNativeXml, type NativeXmlReadOptions } from './xml/from-native-xml.ts';
export { nativeXml, toNativeXml } from './xml/native-xml.ts';
