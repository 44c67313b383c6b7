import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  context,
  openCell,
  openWhole,
  type Primitives,
  sealCell,
  sealWhole,
  unwrapKey,
  wrapKey,
} from '../../packages/vault/src/index.ts';
import { nodePrimitives } from './node-primitives.ts';
import {
  bytes,
  cellVectors,
  hex,
  streamVectors,
  vectorCellNonce,
  vectorContext,
  vectorHeader,
  vectorKey,
  vectorKeyId,
  vectorNoncePrefix,
  vectorSalt,
  vectorStreamContext,
} from './published-vectors.ts';

const streamKey = { key: vectorKey, keyId: vectorKeyId, context: vectorStreamContext };

/** The one place where randomness is fixed. */
function drawing(...drawn: Uint8Array[]): Primitives {
  return { ...nodePrimitives, random: () => Buffer.concat(drawn) };
}

test('the pages publish five streams and three cells', () => {
  expect([streamVectors.length, cellVectors.length]).toEqual([5, 3]);
});

test.each(streamVectors)('a stream of $plain.length bytes seals to the published bytes, and opens', async (vector) => {
  const pieces = await sealWhole(drawing(vectorSalt, vectorNoncePrefix), streamKey, [vector.plain]);
  const sealed = Buffer.concat(pieces);
  expect(hex(pieces[0]!)).toBe(vectorHeader);
  expect(sealed.length).toBe(vector.sealedBytes);
  expect(hex(sealed.subarray(-24))).toBe(vector.ends);
  expect(createHash('sha256').update(sealed).digest('hex')).toBe(vector.sha256);
  expect(Buffer.compare(await openWhole(nodePrimitives, streamKey, sealed), vector.plain)).toBe(0);
});

test('the example of a context is encoded as published', () => {
  expect(hex(context('account', 7, Uint8Array.of(0xff, 0x00)))).toBe(vectorContext);
});

test.each(cellVectors)('a $kind of $plain.length bytes seals to the published bytes, and opens', async (vector) => {
  const [seal, open] = vector.kind === 'cell' ? [sealCell, openCell] : [wrapKey, unwrapKey];
  const place = bytes(vectorContext);
  expect(hex(await seal(drawing(vectorCellNonce), vectorKey, vector.plain, place))).toBe(vector.sealed);
  expect(hex(await open(nodePrimitives, vectorKey, bytes(vector.sealed), place))).toBe(hex(vector.plain));
});
