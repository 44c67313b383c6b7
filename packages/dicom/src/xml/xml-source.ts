import { DicomError, type DicomErrorCode } from '../errors.ts';
import { impossibleAt } from './escape.ts';

/** A document as text, and how a place in it translates to the caller's offsets. */
export type XmlSource = {
  readonly text: string;
  /** First character after byte order mark and XML declaration. */
  readonly start: number;
  /** `at` is a place in `text`, `code` DICOM_XML_INVALID unless it is given. @throws DicomError always */
  readonly refuse: (at: number, message: string, code?: DicomErrorCode) => never;
};

const declaration =
  /^<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:"1\.0"|'1\.0')(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?:"([A-Za-z0-9._-]+)"|'([A-Za-z0-9._-]+)'))?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:"yes"|"no"|'yes'|'no'))?[ \t\r\n]*\?>/;
const declarationChars = 256;

/**
 * The text of an XML 1.0 document: UTF-8 or UTF-16, by byte order mark, else by its first two bytes, and not against
 * what its declaration says (XML 1.0 §4.3.3, appendix F). A string is text already: what it declares is not looked at.
 *
 * @throws DicomError DICOM_XML_INVALID    other encodings, bytes that are not of it, characters that XML excludes
 * @throws DicomError DICOM_XML_TOO_LARGE  more than `maxBytes` (code units of a string)
 */
export function xmlSource(xml: Uint8Array | string, maxBytes: number): XmlSource {
  if (xml.length > maxBytes) throw new DicomError('DICOM_XML_TOO_LARGE', 'More XML than the budget allows');
  const encoding = typeof xml === 'string' ? undefined : encodingOf(xml);
  const text = typeof xml === 'string' ? xml : decode(xml, encoding!);
  const mark = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const refuse: XmlSource['refuse'] = (at, message, code = 'DICOM_XML_INVALID') => {
    throw new DicomError(code, message, encoding === undefined ? at : byteOffset(text, at, encoding));
  };

  const strange = impossibleAt(text);
  if (strange >= 0) refuse(strange, 'A character that XML does not allow');
  let start = mark;
  if (/^<\?xml[ \t\r\n]/.test(text.slice(mark, mark + 6))) {
    const found = declaration.exec(text.slice(mark, mark + declarationChars));
    if (found === null) refuse(mark, 'The XML declaration is not one of XML 1.0');
    const declared = (found![1] ?? found![2])?.toLowerCase();
    if (encoding !== undefined && declared !== undefined) {
      const fits = encoding === 'utf-8' ? declared === 'utf-8' : declared === 'utf-16' || declared === encoding;
      if (!fits) refuse(mark, 'Not in the encoding it declares, or that is neither UTF-8 nor UTF-16');
    }
    start += found![0].length;
  }
  return { text, start, refuse };
}

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

function encodingOf(bytes: Uint8Array): Encoding {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0x3c && second === 0)) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && second === 0x3c)) return 'utf-16be';
  return 'utf-8';
}

function decode(bytes: Uint8Array, encoding: Encoding): string {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new DicomError('DICOM_XML_INVALID', `Bytes that are no ${encoding}`, badByte(bytes, encoding));
  }
}

/** Where the bytes part from what they decode to. */
function badByte(bytes: Uint8Array, encoding: Encoding): number | undefined {
  if (encoding !== 'utf-8') return undefined;
  const lossy = new TextEncoder().encode(new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes));
  let at = 0;
  while (at < bytes.length && bytes[at] === lossy[at]) at++;
  return at;
}

function byteOffset(text: string, at: number, encoding: Encoding): number {
  if (encoding !== 'utf-8') return at * 2;
  let bytes = 0;
  for (let index = 0; index < at && index < text.length; index++) {
    const code = text.charCodeAt(index);
    // Each half of a surrogate pair stands for two of its four bytes.
    bytes += code < 0x80 ? 1 : code < 0x800 || (code & 0xf800) === 0xd800 ? 2 : 3;
  }
  return bytes;
}
