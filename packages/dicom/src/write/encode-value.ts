import { charsetGoverned, numberBytes, singleValued } from '../dictionary/vr.ts';
import { DicomError } from '../errors.ts';
import { fromBase64 } from '../json/base64.ts';
import { turned } from '../json/bulk-data.ts';
import { textOfDecimal, textOfInteger } from '../json/decimal-string.ts';
import type { DicomJsonAttribute, DicomJsonPersonName, DicomJsonValue } from '../json/dicom-json.ts';
import { command } from '../text/charset.ts';
import { encodeText } from '../text/encode-text.ts';

/**
 * The value field of one attribute of a validated model, not yet padded. `bulk` is what its BulkDataURI stands for:
 * numbers in little endian, text in UTF-8 (PS3.18 §F.2.2 note 4).
 *
 * @throws DicomError DICOM_TEXT_NOT_ENCODABLE
 */
export function encodeValue(
  { vr, Value: values, InlineBinary: inline }: DicomJsonAttribute,
  littleEndian: boolean,
  terms: readonly string[],
  bulk?: Uint8Array,
): Uint8Array {
  if (inline !== undefined) bulk = fromBase64(inline);
  if (bulk !== undefined) {
    if (isText(vr)) return encodeString(utf8(bulk), vr, terms);
    const size = vr === 'AT' ? 2 : numberBytes[vr];
    return littleEndian || size === undefined || bulk.length % size !== 0 ? bulk : turned(bulk, size);
  }
  if (values === undefined) return new Uint8Array(0);
  const size = numberBytes[vr];
  if (size === undefined) return encodeString(joinedText(values, vr), vr, terms);
  const bytes = new Uint8Array(values.length * size);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < values.length; index++) putNumber(view, index * size, vr, values[index]!, littleEndian);
  return bytes;
}

/** What fills an odd value (PS3.5 §6.2): a space behind text, a NUL behind UIDs and bytes. */
export function padding(vr: string): number {
  return isText(vr) && vr !== 'UI' ? 0x20 : 0;
}

/** VRs that are neither numbers nor bytes. */
function isText(vr: string): boolean {
  return numberBytes[vr] === undefined && vr !== 'OB' && vr !== 'UN' && vr !== 'SQ';
}

function joinedText(values: readonly DicomJsonValue[], vr: string): string {
  if (values.length === 1) return valueText(values[0]!, vr);
  return values.map((value) => valueText(value, vr)).join('\\');
}

function valueText(value: DicomJsonValue, vr: string): string {
  if (typeof value === 'string') return value;
  if (value === null) return '';
  if (typeof value === 'number') return (vr === 'IS' ? textOfInteger(value) : undefined) ?? textOfDecimal(value);
  const { Alphabetic = '', Ideographic = '', Phonetic = '' } = value as DicomJsonPersonName;
  return `${Alphabetic}=${Ideographic}=${Phonetic}`.replace(/={1,2}$/, '');
}

function encodeString(text: string, vr: string, terms: readonly string[]): Uint8Array {
  if (charsetGoverned.has(vr))
    return encodeText(text, terms, { personName: vr === 'PN', multiple: !singleValued.has(vr) });
  if (command.test(text)) throw new DicomError('DICOM_TEXT_NOT_ENCODABLE', 'A value holds a control character');
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 0x7f) {
      throw new DicomError('DICOM_TEXT_NOT_ENCODABLE', 'A value that no character set governs is not ASCII');
    }
    bytes[at] = code;
  }
  return bytes;
}

function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new DicomError('DICOM_TEXT_NOT_ENCODABLE', 'Bulk data of a textual value is not UTF-8');
  }
}

function putNumber(view: DataView, at: number, vr: string, value: DicomJsonValue, littleEndian: boolean): void {
  if (vr === 'US') view.setUint16(at, Number(value), littleEndian);
  else if (vr === 'SS') view.setInt16(at, Number(value), littleEndian);
  else if (vr === 'UL') view.setUint32(at, Number(value), littleEndian);
  else if (vr === 'SL') view.setInt32(at, Number(value), littleEndian);
  else if (vr === 'SV') view.setBigInt64(at, BigInt(value as string | number), littleEndian);
  else if (vr === 'UV') view.setBigUint64(at, BigInt(value as string | number), littleEndian);
  else if (vr === 'FL') view.setFloat32(at, floatOf(value), littleEndian);
  else if (vr === 'FD') view.setFloat64(at, floatOf(value), littleEndian);
  else {
    // AT: group and element, each of the byte order.
    const tag = Number.parseInt(value as string, 16);
    view.setUint16(at, tag >>> 16, littleEndian);
    view.setUint16(at + 2, tag & 0xffff, littleEndian);
  }
}

function floatOf(value: DicomJsonValue): number {
  if (value === 'inf') return Number.POSITIVE_INFINITY;
  if (value === '-inf') return Number.NEGATIVE_INFINITY;
  return Number(value);
}
