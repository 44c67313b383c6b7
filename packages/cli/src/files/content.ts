import { DicomError, instanceUids, looksLikePart10, parseFile, tags, text } from '@symbolon/dicom';

/** What a file turned out to be. What is left out is no failure: it is not an image, and nobody meant it as one. */
export type Content =
  | { readonly kind: 'instance' }
  | { readonly kind: 'left out'; readonly why: 'DICOMDIR' | 'README.TXT' | 'hidden file' | 'receipt' }
  | { readonly kind: 'refused'; readonly code: string; readonly reason: string };

const mediaStorageDirectory = '1.2.840.10008.1.3.10';
const receiptStart = '{\n "statement": {\n  "format": "symbolon-receipt/';
/** What a medium says to people, by the name that IHE PDI has for it; zips of ours have one. */
const readme = /(^|\/)README\.TXT$/i;
/** Names by which systems keep their own notes in every folder. */
const systemNames: ReadonlySet<string> = new Set(['thumbs.db', 'desktop.ini']);

function isHidden(label: string): boolean {
  const names = label.split('/');
  return (
    names.some((name) => name.startsWith('.') || name === '__MACOSX') ||
    systemNames.has(names.at(-1)?.toLowerCase() ?? '')
  );
}

/** What the first bytes tell: enough for what is not DICOM at all. */
export function firstLook(label: string, bytes: number, head: Uint8Array): Content {
  if (looksLikePart10(head)) return { kind: 'instance' };
  if (isHidden(label)) return { kind: 'left out', why: 'hidden file' };
  if (readme.test(label)) return { kind: 'left out', why: 'README.TXT' };
  if (bytes === 0) return { kind: 'refused', code: 'NOT_DICOM', reason: 'it is empty' };
  if (new TextDecoder('latin1').decode(head.subarray(0, receiptStart.length)) === receiptStart) {
    return { kind: 'left out', why: 'receipt' };
  }
  return { kind: 'refused', code: 'NOT_DICOM', reason: 'it is not a DICOM file: "DICM" is not at its byte 128' };
}

/**
 * Reads a whole file's elements as the exchange will, so that one it could not take is not sent to it. A data set that
 * is deflated whole is left to the exchange: what it unpacks to has no bound that fits in our memory.
 */
export function closeLook(whole: Uint8Array): Content {
  try {
    const file = parseFile(whole);
    if (text(file.meta, tags.MediaStorageSOPClassUID) === mediaStorageDirectory)
      return { kind: 'left out', why: 'DICOMDIR' };
    instanceUids(file.dataset);
    return { kind: 'instance' };
  } catch (error) {
    if (!(error instanceof DicomError)) throw error;
    if (error.code === 'DICOM_INFLATE_UNAVAILABLE') return { kind: 'instance' };
    return { kind: 'refused', code: error.code, reason: error.message };
  }
}
