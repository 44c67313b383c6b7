import { tags, tagText } from '../dictionary/tags.ts';
import { explicitLittleEndian, isDeflatedWhole } from '../dictionary/transfer-syntax.ts';
import { DicomError } from '../errors.ts';
import type { DicomJson, DicomJsonAttribute } from '../json/dicom-json.ts';
import { ByteSink } from './byte-sink.ts';
import { dataSetSink, type WriteOptions, writeElement } from './write-data-set.ts';

export type WriteFileOptions = WriteOptions & {
  /** (0002,0012), of the program that writes. Default Symbolon's own. */
  implementationClassUid?: string;
  /** (0002,0013), at most 16 characters. */
  implementationVersionName?: string;
  /** (0002,0016). */
  sourceApplicationEntityTitle?: string;
  /** (0002,0002) and (0002,0003), where they are not the data set's (0008,0016) and (0008,0018): a DICOMDIR's. */
  mediaStorageSopClassUid?: string;
  mediaStorageSopInstanceUid?: string;
  /** Raw deflate (RFC 1951), for transfer syntaxes that deflate the data set whole. */
  deflateRaw?: (bytes: Uint8Array) => Uint8Array;
};

/** UUID-derived (PS3.5 §B.2); who wrote a file is asked of this and of the version name. */
const symbolonImplementationClassUid = '2.25.11098702644525227116329283888115908255';

/**
 * Writes one Part 10 file: a preamble of zeros, "DICM", group 0002 with its length, then the data set.
 *
 * Source  PS3.10 §7.1, PS3.5 §A.5. Else as `writeDataSet`.
 *
 * @throws DicomError DICOM_UID_MISSING           no SOP Class or SOP Instance UID, in the data set or handed in
 * @throws DicomError DICOM_DEFLATE_UNAVAILABLE   the transfer syntax deflates and no deflater was handed in
 * @throws DicomError those of `writeDataSet`
 */
export function writeFile(json: DicomJson, options: WriteFileOptions = {}): Uint8Array {
  return fileSink(json, options).joined();
}

/**
 * `writeFile` in pieces, in order: bulk data and other long values are the very arrays that were handed in.
 *
 * Cost  memory is what was handed in, and the rest of the file.
 */
export function writeFilePieces(json: DicomJson, options: WriteFileOptions = {}): readonly Uint8Array[] {
  return fileSink(json, options).pieces();
}

function fileSink(json: DicomJson, options: WriteFileOptions): ByteSink {
  const { transferSyntax = explicitLittleEndian, deflateRaw } = options;
  const sink = dataSetSink(json, { ...options, transferSyntax });
  let dataset = isDeflatedWhole(transferSyntax) ? [sink.joined()] : sink.pieces();
  if (isDeflatedWhole(transferSyntax)) {
    if (deflateRaw === undefined) {
      throw new DicomError('DICOM_DEFLATE_UNAVAILABLE', 'The transfer syntax deflates and no deflater was handed in');
    }
    dataset = dataset.map(deflateRaw);
  }
  const file = new ByteSink(true);
  file.bytes(new Uint8Array(128));
  for (const letter of 'DICM') file.u8(letter.charCodeAt(0));
  file.bytes(fileMeta(json, transferSyntax, options));
  const start = file.length;
  for (const piece of dataset) file.bytes(piece);
  // PS3.5 §A.5: a deflated data set is padded to an even length.
  if ((file.length - start) % 2 === 1) file.u8(0);
  return file;
}

function fileMeta(json: DicomJson, transferSyntax: string, options: WriteFileOptions): Uint8Array {
  const rest = new ByteSink(true);
  const put = (tag: number, vr: string, value: string | undefined): void => {
    if (value !== undefined) rest.bytes(metaElement(tag, { vr, Value: [value] }));
  };
  rest.bytes(metaElement(tags.FileMetaInformationVersion, { vr: 'OB', InlineBinary: 'AAE=' }));
  put(tags.MediaStorageSOPClassUID, 'UI', options.mediaStorageSopClassUid ?? uidOf(json, tags.SOPClassUID));
  put(tags.MediaStorageSOPInstanceUID, 'UI', options.mediaStorageSopInstanceUid ?? uidOf(json, tags.SOPInstanceUID));
  put(tags.TransferSyntaxUID, 'UI', transferSyntax);
  put(tags.ImplementationClassUID, 'UI', options.implementationClassUid ?? symbolonImplementationClassUid);
  put(tags.ImplementationVersionName, 'SH', options.implementationVersionName);
  put(tags.SourceApplicationEntityTitle, 'AE', options.sourceApplicationEntityTitle);
  const meta = new ByteSink(true);
  meta.bytes(metaElement(tags.FileMetaInformationGroupLength, { vr: 'UL', Value: [rest.length] }));
  meta.bytes(rest.joined());
  return meta.joined();
}

function metaElement(tag: number, attribute: DicomJsonAttribute): Uint8Array {
  return writeElement(tag, attribute, { explicit: true, littleEndian: true }, []);
}

function uidOf(json: DicomJson, tag: number): string {
  const uid = json[tagText(tag)]?.Value?.[0];
  if (typeof uid === 'string') return uid;
  throw new DicomError('DICOM_UID_MISSING', `${tagText(tag)}, which the file's group 0002 names, is missing`);
}
