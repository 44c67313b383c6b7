import { StreamSplitter } from '@symbolon/dicom';
import { ctStudy } from '@symbolon/testbed';
import { expect, test } from 'vitest';
import { captionsOf } from './annotation.ts';
import type { Found, RetrieveDeps } from './selection.ts';

test('of all frames that one request shows, the header is read once', async () => {
  const [file] = ctStudy({ seed: 31, slices: 1, rows: 4, columns: 4, person: { patientName: 'Doe^Jane' } });
  const splitter = new StreamSplitter({});
  for (const _ of splitter.feed(new Uint8Array(file!.bytes)));
  const { identity, cuts } = splitter.finish();
  let reads = 0;
  const identityHalf = async (): Promise<Uint8Array> => {
    reads += 1;
    return identity;
  };
  const deps = { reader: { identityHalf } } as unknown as RetrieveDeps;
  const found = () => ({ pack: {}, instance: { cuts } }) as unknown as Found;
  const one = found();
  for (const number of [1, 2, 3]) {
    const captions = await captionsOf(deps, one, { number, of: 3 }, ['patient', 'technique']);
    expect(captions?.top[0]).toBe('Doe, Jane');
    expect(captions?.bottom.at(-1)).toBe(`frame ${number} of 3`);
  }
  expect(reads).toBe(1);
  // What another request finds is read anew: it may be erased since.
  await captionsOf(deps, found(), { number: 1, of: 3 }, ['patient']);
  expect(reads).toBe(2);
});
