import { expect, test } from 'vitest';
import { context } from '../context.ts';
import type { Primitives } from '../primitives.ts';
import { webPrimitives } from '../web-primitives.testing.ts';
import { StreamSealer } from './seal.ts';

const key = { key: webPrimitives.random(32), keyId: webPrimitives.random(16), context: context('pack', 1) };
const twoSegments = new Uint8Array(140_000);
const outOfTurn = { code: 'VAULT_OUT_OF_TURN' };

test('a push during a push is refused, since their segments would share a nonce or change places', async () => {
  const sealer = await StreamSealer.create(webPrimitives, key);
  const first = sealer.push(twoSegments);
  await expect(sealer.push(twoSegments)).rejects.toMatchObject(outOfTurn);
  await expect(sealer.finish()).rejects.toMatchObject(outOfTurn);
  expect((await first).length).toBe(2);
});

test('a finished sealer seals no more', async () => {
  const sealer = await StreamSealer.create(webPrimitives, key);
  await sealer.finish();
  await expect(sealer.push(twoSegments)).rejects.toMatchObject(outOfTurn);
  await expect(sealer.finish()).rejects.toMatchObject(outOfTurn);
});

test('a sealer that failed once does not seal the same segment again', async () => {
  let failures = 1;
  const failing: Primitives = {
    ...webPrimitives,
    seal: (...given) => (failures-- > 0 ? Promise.reject(new Error('no memory')) : webPrimitives.seal(...given)),
  };
  const sealer = await StreamSealer.create(failing, key);
  await expect(sealer.push(twoSegments)).rejects.toThrow('no memory');
  await expect(sealer.push(twoSegments)).rejects.toMatchObject(outOfTurn);
});

test('no segment of a stream has the nonce of another', async () => {
  const nonces: string[] = [];
  const watching: Primitives = {
    ...webPrimitives,
    seal(sealing, nonce, ...rest) {
      nonces.push(`${sealing.join()} ${nonce.join()}`);
      return webPrimitives.seal(sealing, nonce, ...rest);
    },
  };
  for (const { length } of [twoSegments, twoSegments]) {
    const sealer = await StreamSealer.create(watching, key);
    for (let at = 0; at < length; at += 50_000) await sealer.push(twoSegments.subarray(at, at + 50_000));
    await sealer.finish();
  }
  expect(nonces.length).toBe(6);
  expect(new Set(nonces).size).toBe(6);
});

test('keys and key ids of a wrong length, and odd segment sizes, are refused', async () => {
  const refused = { code: 'VAULT_LENGTH_WRONG' };
  const short = webPrimitives.random(15);
  await expect(StreamSealer.create(webPrimitives, { ...key, key: short })).rejects.toMatchObject(refused);
  await expect(StreamSealer.create(webPrimitives, { ...key, keyId: short })).rejects.toMatchObject(refused);
  await expect(StreamSealer.create(webPrimitives, key, { segmentBytes: 70_000 })).rejects.toMatchObject(refused);
});
