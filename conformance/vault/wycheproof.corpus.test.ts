import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { deriveKey, type Primitives } from '../../packages/vault/src/index.ts';
import { webPrimitives } from '../../packages/vault/src/web-primitives.testing.ts';
import { nodePrimitives } from './node-primitives.ts';
import { bytes, hex } from './vectors/fixed.ts';

type Row<T> = T & { tcId: number; comment: string; result: 'valid' | 'invalid' };
type Group<T> = { keySize: number; ivSize?: number; tagSize?: number; tests: Row<T>[] };
type Seal = { key: string; iv: string; aad: string; msg: string; ct: string; tag: string };
type Derive = { ikm: string; salt: string; info: string; size: number; okm: string };
type Mac = { key: string; msg: string; tag: string };

const corpus = process.env.SYMBOLON_CORPUS ?? join(import.meta.dirname, '../../../shared/corpus');
const folder = join(corpus, 'oracles/wycheproof');

function groups<T>(file: string): Group<T>[] {
  return JSON.parse(readFileSync(join(folder, file), 'utf8')).testGroups;
}

const implementations: { name: string; p: Primitives }[] = [
  { name: 'node:crypto', p: nodePrimitives },
  { name: 'WebCrypto', p: webPrimitives },
];

describe.each(implementations)('Wycheproof through $name', ({ p }) => {
  test('AES-256-GCM with 96-bit nonces and 128-bit tags seals and opens what is valid, and refuses the rest', async () => {
    const ours = groups<Seal>('aes_gcm_test.json').filter(
      ({ keySize, ivSize, tagSize }) => keySize === 256 && ivSize === 96 && tagSize === 128,
    );
    const rows = ours.flatMap(({ tests }) => tests);
    expect(rows.length).toBeGreaterThan(60);
    for (const row of rows) {
      const given = [bytes(row.key), bytes(row.iv), bytes(row.aad)] as const;
      const open = async () => hex(await p.open(...given, bytes(row.ct + row.tag)));
      if (row.result === 'invalid') {
        await expect(open(), `row ${row.tcId}`).rejects.toThrow();
        continue;
      }
      expect(await open(), `row ${row.tcId}`).toBe(row.msg);
      expect(hex(await p.seal(...given, bytes(row.msg))), `row ${row.tcId}`).toBe(row.ct + row.tag);
      const message = bytes(row.msg);
      for (const at of [0, 1, message.length]) {
        const detached = await p.sealDetached?.(...given, [message.subarray(0, at), message.subarray(at)]);
        if (detached)
          expect(hex(Buffer.concat([...detached.ciphertext, detached.tag])), `row ${row.tcId}`).toBe(row.ct + row.tag);
      }
    }
  });

  test('HKDF-SHA-256 derives what is valid, and refuses the rest', async () => {
    const rows = groups<Derive>('hkdf_sha256_test.json').flatMap(({ tests }) => tests);
    expect(rows.length).toBeGreaterThan(80);
    for (const row of rows) {
      const derived = deriveKey(p, bytes(row.ikm), bytes(row.salt), bytes(row.info), row.size);
      if (row.result === 'valid') expect(hex(await derived), `row ${row.tcId}`).toBe(row.okm);
      else await expect(derived, `row ${row.tcId}`).rejects.toMatchObject({ code: 'VAULT_LENGTH_WRONG' });
    }
  });

  test.each(['sha256', 'sha512'] as const)(
    'HMAC over %s makes the tags that are valid, and no other',
    async (algorithm) => {
      const all = groups<Mac>(`hmac_${algorithm}_test.json`);
      expect(all.flatMap(({ tests }) => tests).length).toBeGreaterThan(170);
      for (const { tagSize = 0, tests } of all) {
        for (const row of tests) {
          const tag = hex(await p.mac(algorithm, bytes(row.key), bytes(row.msg))).slice(0, tagSize / 4);
          expect(tag === row.tag, `row ${row.tcId}`).toBe(row.result === 'valid');
        }
      }
    },
  );
});
