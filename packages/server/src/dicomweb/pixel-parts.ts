import type { StudyReader } from '../access/index.ts';
import type { Receiver } from '../platform/http/taken.ts';
import type { StoredFrames } from '../rendering/index.ts';
import type { MediaRange } from './accept.ts';
import { preferred } from './accept.ts';
import { contentType } from './content-type.ts';
import { explicitLittle, type FrameForm, frameCloseness, frameForms } from './frame-forms.ts';
import { frameBytes, readable } from './frames.ts';
import type { OutgoingPart } from './multipart.ts';
import type { Found, RetrieveDeps } from './selection.ts';
import type { Bytes } from './send-bytes.ts';

/** The pixel data of one instance in a form that is wanted: all native frames as one value, compressed ones each as a part. */
export type PixelData = {
  readonly form: FrameForm;
  /** Where it is one value, with bytes that can be had from any one on; one that is transcoded is made now, and not before. */
  whole(): Promise<Bytes | undefined>;
  parts(): AsyncGenerator<OutgoingPart>;
};

/** @throws DicomWebError PIXELS_NOT_RENDERABLE, StudiesError STUDY_NOT_FOUND  there is none */
export async function pixelData(
  deps: RetrieveDeps,
  actor: StudyReader,
  found: Found,
  url: string,
  ranges: readonly MediaRange[],
  { alone, to }: { readonly alone: boolean; readonly to: Receiver },
): Promise<PixelData | { readonly forms: readonly FrameForm[] }> {
  const stored = await readable(() => deps.memory.stored.open(deps.reader, found));
  const { frames } = stored.table;
  const forms = frameForms(stored, alone).filter(
    ({ type, transferSyntax }) => type === 'multipart/related' || frames === 1 || transferSyntax === explicitLittle,
  );
  const form = preferred(ranges, forms, frameCloseness);
  if (!form) return { forms };
  const type = contentType(form.media, form.transferSyntax);
  const bytesOf = (frame: number): Promise<Bytes> =>
    readable(() => frameBytes(deps, actor, found, stored, frame, form, to));
  if (form.transferSyntax !== explicitLittle)
    return {
      form,
      whole: async () => (frames === 1 ? bytesOf(0) : undefined),
      parts: async function* () {
        for (let frame = 0; frame < frames; frame++) {
          const { bytes, pieces } = await bytesOf(frame);
          yield { type, location: `${url}/frames/${frame + 1}`, bytes, pieces: () => pieces(0, bytes) };
        }
      },
    };
  const value = nativeValue(deps, found, stored);
  const all = async function* (): AsyncGenerator<Uint8Array> {
    for (let frame = 0; frame < frames; frame++) {
      const { bytes, pieces } = await bytesOf(frame);
      yield* pieces(0, bytes);
    }
  };
  return {
    form,
    whole: async () => value,
    parts: async function* () {
      const pieces = (): AsyncIterable<Uint8Array> => (value ? value.pieces(0, value.bytes) : all());
      yield { type, location: `${url}/pixeldata`, bytes: value?.bytes, pieces };
    },
  };
}

/** The value as it is stored, where that is little endian and native: no frame needs to be cut out of it. */
function nativeValue({ reader, memory }: RetrieveDeps, found: Found, stored: StoredFrames): Bytes | undefined {
  const { littleEndian, element } = stored;
  if (!littleEndian || element.encapsulated) return undefined;
  return {
    bytes: element.valueEnd - element.valueStart,
    pieces: (start, end) => memory.stored.value(reader, found, stored, start, end),
  };
}
