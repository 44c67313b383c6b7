import { describe, expect, test } from 'vitest';
import { safePreamble } from './safe-preamble.ts';

const rest = Buffer.from('DICM and all the rest of the file');

async function passed(preamble: Uint8Array, ...more: Uint8Array[]): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  const source = (async function* () {
    yield Buffer.concat([preamble, rest]);
    yield* more;
  })();
  for await (const piece of safePreamble(source)) pieces.push(piece);
  return Buffer.concat(pieces);
}

const beginning = (text: string): Buffer => Buffer.concat([Buffer.from(text, 'latin1'), Buffer.alloc(128)], 128);

describe('a preamble on its way out', () => {
  test.each(['II*\0', 'MM\0*', 'II+\0', 'MM\0+'])('stays as it is where it is the TIFF header %j', async (mark) => {
    const preamble = beginning(`${mark}something`);
    expect(await passed(preamble)).toEqual(Buffer.concat([preamble, rest]));
  });

  test('stays as it is where it is zero', async () => {
    expect(await passed(Buffer.alloc(128))).toEqual(Buffer.concat([Buffer.alloc(128), rest]));
  });

  test.each(['MZ', '\x7fELF', '#!/bin/sh\n', '%PDF-1.7', 'II*!', '\0\0\0\x01'])(
    'leaves zeroed where it begins with %j, and nothing else changes',
    async (mark) => {
      const more = Buffer.from('MZ a later piece');
      expect(await passed(beginning(mark), more)).toEqual(Buffer.concat([Buffer.alloc(128), rest, more]));
    },
  );
});
