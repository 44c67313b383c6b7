import { inflateRawSync } from 'node:zlib';
import { type ParseOptions, parseFile, split } from '@symbolon/dicom';
import type { ObjectSource } from './object-source.ts';
import type { TranscodingTarget } from './targets.ts';
import { type TranscodingOptions, transcodeObject } from './transcode-object.ts';

export const parsing: ParseOptions = {
  inflateRaw: (bytes, maxOutputLength) => inflateRawSync(bytes, { maxOutputLength }),
  duplicates: 'accept',
};

/** A whole file, in the halves that a transcoding wants. */
export function sourceOf(bytes: Uint8Array): ObjectSource {
  const { identity, image, cuts } = split(parseFile(bytes, parsing));
  const pixels = new Uint8Array(Buffer.concat(image));
  return {
    identity: new Uint8Array(Buffer.concat(identity)),
    cuts,
    readImage: async (start, end) => {
      if (start < 0 || end > pixels.length || end < start) throw new Error('read outside of the image half');
      return pixels.subarray(start, end);
    },
  };
}

/** What a receiver has at the end, one that can go back to where the offset table belongs. */
export async function transcoded(
  source: ObjectSource,
  target: TranscodingTarget,
  options: TranscodingOptions = { offsetTable: 'later' },
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  const written = transcodeObject(source, target, { ...parsing, ...options });
  for (;;) {
    const { done, value } = await written.next();
    if (!done) {
      pieces.push(value.slice());
      continue;
    }
    const whole = new Uint8Array(Buffer.concat(pieces));
    if (value) whole.set(value.bytes, value.at);
    return whole;
  }
}
