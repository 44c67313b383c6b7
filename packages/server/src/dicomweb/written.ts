import {
  DicomError,
  type DicomFile,
  isDeflatedWhole,
  isReport,
  number,
  type Report,
  readReport,
  reportHtml,
  reportText,
  tags,
  text,
} from '@symbolon/dicom';
import { PixelsError } from '@symbolon/pixels';
import { type Receiver, type Room, roomFor } from '../platform/http/taken.ts';
import { type Inflating, inflatedHeader, inflatedOfRequest, maxInflatedBytes, stretches } from '../rendering/index.ts';
import type { MediaRange, Offer } from './accept.ts';
import { preferred } from './accept.ts';
import { DicomWebError } from './errors.ts';
import { metadataXml } from './metadata.ts';
import { encoded } from './metadata-texts.ts';
import type { OutgoingPart } from './multipart.ts';
import { type Found, instanceUrl, type RetrieveDeps } from './selection.ts';

/** A media type in which what is written is given out. */
export type WrittenForm = Offer & {
  readonly media: string;
  /** As it is named in an answer. */
  readonly named: string;
  readonly how: 'html' | 'plain' | 'native' | 'document';
};

/** What is written in an instance: a report, made into text here, or a document that it carries. */
export type Written = {
  readonly found: Found;
  /** What is liked best first, where a client likes several alike. */
  readonly forms: readonly WrittenForm[];
  readonly report?: Report;
  readonly document?: Uint8Array;
};

const form = (media: string, how: WrittenForm['how'], named = `${media}; charset=utf-8`): WrittenForm => ({
  type: media,
  media,
  named,
  how,
});

/** Source: PS3.18 Table 8.7.4-1, Text. What text/xml is it leaves open: here the Native DICOM Model of PS3.19. */
const reportForms = [form('text/html', 'html'), form('text/plain', 'plain'), form('text/xml', 'native')] as const;
/** Their own declaration says in what characters they are written. Source: PS3.3 §A.45, by SOP class. */
const documentForms: Readonly<Record<string, WrittenForm>> = {
  __proto__: null as never,
  '1.2.840.10008.5.1.4.1.1.104.1': form('application/pdf', 'document', 'application/pdf'),
  '1.2.840.10008.5.1.4.1.1.104.2': form('text/xml', 'document', 'text/xml'),
};

export const writtenForms: readonly WrittenForm[] = [...reportForms, ...Object.values(documentForms)];
export const writtenTypes: readonly string[] = [...new Set(writtenForms.map(({ media }) => media))];

const inParts = (forms: readonly WrittenForm[]): WrittenForm[] =>
  forms.map((one) => ({ ...one, type: 'multipart/related', of: one.media }));

/** The form that a client likes best; undefined where it takes none. */
export function writtenForm(
  ranges: readonly MediaRange[],
  forms: readonly WrittenForm[],
  how: 'in parts' | 'either',
): WrittenForm | undefined {
  return preferred(ranges, how === 'either' ? [...forms, ...inParts(forms)] : inParts(forms));
}

/** As `writtenOf`. Of many, `inflating` is what all of them together may be inflated to. */
export async function writtenIn(
  { reader }: Pick<RetrieveDeps, 'reader'>,
  found: Found,
  inflating: Inflating = { left: inflatedOfRequest },
): Promise<Written | undefined> {
  return writtenOf(await reader.identityHalf(found.pack, found.instance), found, inflating);
}

/** What is written, and the room that its header takes until its receiver has it: what is told lies in that. */
export type OutgoingText = { readonly written: Written; readonly room: Room };

/** As `writtenIn`, once there is room for the header. */
export async function outgoingText(
  deps: Pick<RetrieveDeps, 'reader' | 'memory'>,
  found: Found,
  to: Receiver,
  inflating?: Inflating,
): Promise<OutgoingText | undefined> {
  const { transferSyntax, identityBytes } = found.instance;
  const bytes = isDeflatedWhole(transferSyntax) ? maxInflatedBytes : identityBytes;
  const room = await roomFor(deps.memory.outgoing, bytes, to);
  try {
    const written = await writtenIn(deps, found, inflating);
    if (written) return { written, room };
  } catch (error) {
    room.release();
    throw error;
  }
  room.release();
  return undefined;
}

/** Gives pieces on, and the room back behind the last. */
export async function* untilTaken(room: Room, pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of pieces) yield* room.sent(piece);
  } finally {
    room.release();
  }
}

/**
 * What is written in an instance; undefined where it is neither a report nor a document that can be shown.
 *
 * @throws DicomWebError PIXELS_NOT_RENDERABLE  a report that cannot be read as one, or more would be inflated than may be
 */
export function writtenOf(identityHalf: Uint8Array, found: Found, inflating: Inflating): Written | undefined {
  try {
    const { dataset } = inflatedHeader(identityHalf, found.instance, inflating);
    const shown = documentForms[text(dataset, tags.SOPClassUID) ?? ''];
    if (shown) {
      const document = documentOf(dataset);
      return document && { found, forms: [shown], document };
    }
    return isReport(dataset) ? { found, forms: reportForms, report: readReport(dataset) } : undefined;
  } catch (error) {
    throw unlessUnreadable(error);
  }
}

function unlessUnreadable(error: unknown): unknown {
  if (!(error instanceof DicomError || error instanceof PixelsError)) return error;
  return new DicomWebError(
    'PIXELS_NOT_RENDERABLE',
    'This cannot be shown as a text: it is damaged, or says more than is shown. The file as it is stored is served as application/dicom.',
    { cause: error },
  );
}

const encapsulatedDocumentLength = 0x00420015;

/** The bytes of a document without what makes their number even. Source: PS3.3 Table C.24-2. */
function documentOf(ds: DicomFile['dataset']): Uint8Array | undefined {
  const element = ds.elements.get(tags.EncapsulatedDocument);
  if (element === undefined || element.items || element.fragments) return undefined;
  const { valueStart, valueEnd } = element;
  if (valueEnd === valueStart) return undefined;
  const length = number(ds, encapsulatedDocumentLength);
  const isPadded = length === undefined ? ds.bytes[valueEnd - 1] === 0 : length === valueEnd - valueStart - 1;
  return ds.bytes.subarray(valueStart, isPadded ? valueEnd - 1 : valueEnd);
}

/** The text or document, in a form that it has. */
export function writtenPieces(
  { reader }: RetrieveDeps,
  studyUrl: string,
  { found, report, document }: Written,
  { how }: WrittenForm,
): AsyncGenerator<Uint8Array> {
  if (document) return whole(document);
  if (how === 'native') return encoded(inTurns(metadataXml(reader, found, instanceUrl(studyUrl, found))));
  return encoded(inTurns((how === 'html' ? reportHtml : reportText)(report as Report)));
}

/** For so long others wait while a report is written. Milliseconds. */
const stretchMs = 8;

/** @throws DicomWebError PIXELS_NOT_RENDERABLE  more of it than can be written, and only now seen */
async function* inTurns(lines: Iterable<string> | AsyncIterable<string>): AsyncGenerator<string> {
  const pause = stretches(stretchMs);
  try {
    for await (const line of lines) {
      yield line;
      await pause();
    }
  } catch (error) {
    throw unlessUnreadable(error);
  }
}

async function* whole(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

export function writtenPart(deps: RetrieveDeps, studyUrl: string, written: Written, shown: WrittenForm): OutgoingPart {
  return {
    type: shown.named,
    location: `${instanceUrl(studyUrl, written.found)}/rendered`,
    bytes: written.document?.length,
    pieces: () => writtenPieces(deps, studyUrl, written, shown),
  };
}
