import { maxObjectBytes } from '@symbolon/contract';
import { DicomError, type DicomFile, looksLikePart10, parseFile, parseHeader, tags, text } from '@symbolon/dicom';
import type { Group } from '../messages.ts';
import { type Facts, factsOf } from './facts.ts';
import { inflateRaw } from './inflate.ts';
import { looksLikeZip } from './source.ts';

/** What a file turned out to be. `facts` are absent where only the exchange can read its header. */
export type Content =
  | { readonly kind: 'instance'; readonly facts: Facts | undefined }
  | { readonly kind: 'left'; readonly group: Group; readonly code: string; readonly reason: string };

/** Enough for the words of any header; pixel data lies behind. Units: bytes. */
export const headBytes = 4 << 20;

const mediaStorageDirectory = '1.2.840.10008.1.3.10';
const receiptStart = '{\n "statement": {\n  "format": "symbolon-receipt/';
/** Names by which systems keep their own notes in every folder. */
const systemNames: ReadonlySet<string> = new Set(['thumbs.db', 'desktop.ini']);

function isHidden(path: string): boolean {
  const names = path.split('/');
  return (
    names.some((name) => name.startsWith('.') || name === '__MACOSX') ||
    systemNames.has(names.at(-1)?.toLowerCase() ?? '')
  );
}

function left(group: Group, code: string, reason: string): Content {
  return { kind: 'left', group, code, reason };
}

/** What the first bytes tell: enough for what is not DICOM at all. Undefined where a close look is worth it. */
export function firstLook(path: string, bytes: number, head: Uint8Array): Content | undefined {
  if (looksLikePart10(head)) {
    if (bytes <= maxObjectBytes) return undefined;
    return left(
      'too large',
      'INSTANCE_TOO_LARGE',
      `an object may have ${maxObjectBytes / 1024 ** 3} GiB in this version`,
    );
  }
  if (isHidden(path)) return left('hidden file', 'HIDDEN', 'a system keeps its notes there');
  if (bytes === 0) return left('not dicom', 'NOT_DICOM', 'it is empty');
  if (new TextDecoder('latin1').decode(head.subarray(0, receiptStart.length)) === receiptStart) {
    return left('receipt', 'RECEIPT', 'a receipt of an earlier upload');
  }
  if (path.includes('!/') && looksLikeZip(head)) {
    return left('zip in zip', 'NOT_DICOM', 'it is a zip within a zip; unpack it and choose the folder');
  }
  return left('not dicom', 'NOT_DICOM', 'it is not a DICOM file: "DICM" is not at its byte 128');
}

function groupOf(code: string): Group {
  if (code === 'DICOM_TRUNCATED' || code === 'DICOM_LENGTH_PAST_END') return 'cut short';
  return code === 'DICOM_UID_MISSING' || code === 'DICOM_UID_INVALID' ? 'uid wrong' : 'damaged';
}

function instanceOf(file: DicomFile): Content {
  if (text(file.meta, tags.MediaStorageSOPClassUID) === mediaStorageDirectory) {
    return left('table of contents', 'DICOMDIR', 'it describes the medium, and is not an image');
  }
  return { kind: 'instance', facts: factsOf(file) };
}

/** Reads a whole file's elements as the exchange will, so that one it could not take is not sent to it. */
export async function closeLook(whole: Uint8Array): Promise<Content> {
  let deflated: Uint8Array | undefined;
  try {
    return instanceOf(
      parseFile(whole, {
        inflateRaw: (bytes) => {
          deflated = bytes;
          throw new TypeError('inflated below: browsers do that asynchronously only');
        },
      }),
    );
  } catch (error) {
    if (!(error instanceof DicomError)) throw error;
    if (deflated !== undefined) return lookInflated(whole, deflated);
    return left(groupOf(error.code), error.code, error.message);
  }
}

/** What does not inflate here, or to too much, is left to the exchange, as the command line leaves it. */
async function lookInflated(whole: Uint8Array, deflated: Uint8Array): Promise<Content> {
  const inflated = await inflateRaw(deflated);
  try {
    if (inflated !== undefined) return instanceOf(parseFile(whole, { inflateRaw: () => inflated }));
  } catch (error) {
    if (!(error instanceof DicomError)) throw error;
  }
  return { kind: 'instance', facts: undefined };
}

/**
 * The header of a file that is too large to be held: what stands before the first element that leaves the bytes at
 * hand, which in a large file is its pixel data. Whether the file is whole, the exchange finds out.
 */
export function lookAtHead(head: Uint8Array): Content {
  try {
    return instanceOf(parseHeader(head));
  } catch (error) {
    if (!(error instanceof DicomError)) throw error;
    return { kind: 'instance', facts: undefined };
  }
}
