import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { peerTest } from '@symbolon/testbed';
import { describe, expect, test } from 'vitest';
import { certifiesStudy, verifyCertificate, verifyReceipt } from '../../packages/client/src/index.ts';
import {
  context,
  openCell,
  openWhole,
  signMessage,
  unwrapKey,
  verifyKeyedDigest,
  verifySignature,
} from '../../packages/vault/src/index.ts';
import { nodeMacs, nodePrimitives, nodeSignatures } from './node-primitives.ts';
import { threeRoads } from './three-roads.ts';
import type { certificateVectors } from './vectors/certificate-vectors.ts';
import { bytes, hex, newHasher, sha256 } from './vectors/fixed.ts';
import type { receiptVectors } from './vectors/receipt-vectors.ts';
import { type cellVectors, type contextVectors, type digestVectors, partsOf } from './vectors/small-vectors.ts';
import type { RefusedStream, StreamVector, streamVectors } from './vectors/stream-vectors.ts';
import { vectorFiles } from './vectors/vector-files.ts';

const folder = join(import.meta.dirname, '../../docs/formats/vectors');
const made = await vectorFiles();

/** The vectors as they are published: what is opened here is what others read. */
function published<T>(name: string): T {
  return JSON.parse(readFileSync(join(folder, name), 'utf8')) as T;
}

describe('published vectors', () => {
  test('the folder holds these files and no other', async () => {
    expect((await readdir(folder)).sort()).toEqual([...made.keys()].sort());
  });

  test.each([...made.keys()])('%s is made again byte for byte', (name) => {
    // Compared as one, since the difference of two long texts helps nobody: `node tools/format-vectors.ts`, and look.
    expect(readFileSync(join(folder, name), 'utf8') === made.get(name)).toBe(true);
  });
});

describe('sealed-stream.json', () => {
  const { streams, refused } = published<Awaited<ReturnType<typeof streamVectors>>>('sealed-stream.json');
  const sealedOf = (name: string) => Buffer.from(streams.find((row) => row.name === name)!.sealed, 'base64');
  const keyOf = (row: StreamVector | RefusedStream) => ({
    key: bytes(row.key),
    keyId: bytes(row.keyId),
    context: bytes(row.context),
  });

  test.each(streams)('$name: opens, whole, by range and from front to back', async (row) => {
    const sealed = Buffer.from(row.sealed, 'base64');
    expect(sha256(await openWhole(nodePrimitives, keyOf(row), sealed))).toBe(row.plainSha256);
    for (const { released, refused } of Object.values(await threeRoads(keyOf(row), sealed, row))) {
      expect(refused).toBeUndefined();
      expect([released.length, sha256(released)]).toEqual([row.plainBytes, row.plainSha256]);
    }
  });

  test.each(refused)('$name: refused on each of these roads with $code', async (row) => {
    const pieces = row.pieces.map((piece) =>
      'hex' in piece ? bytes(piece.hex) : sealedOf(piece.of).subarray(piece.from, piece.to),
    );
    const roads = await threeRoads(keyOf(row), Buffer.concat(pieces));
    const released = { whole: 0, range: row.releasedBytes, stream: row.releasedBytes };
    for (const road of ['whole', 'range', 'stream'] as const) {
      expect(roads[road].refused, road).toBe(row.code);
      expect(roads[road].released.length, road).toBeLessThanOrEqual(released[road]);
    }
  });

  test('no more is released than what stands before the touched place', () => {
    expect(new Set(refused.map(({ releasedBytes }) => releasedBytes))).toEqual(new Set([0, 65_480, 131_000]));
  });
});

describe('sealed-cell.json', () => {
  const { cells, refused } = published<Awaited<ReturnType<typeof cellVectors>>>('sealed-cell.json');
  const open = (row: { kind: string; key: string; sealed: string; context: string }) =>
    (row.kind === 'cell' ? openCell : unwrapKey)(nodePrimitives, bytes(row.key), bytes(row.sealed), bytes(row.context));

  test.each(cells)('$name: opens', async (row) => {
    expect(hex(await open(row))).toBe(row.plain);
  });

  test.each(refused)('$name: refused with $code', async (row) => {
    await expect(open(row)).rejects.toMatchObject({ code: row.code });
  });
});

test('context.json: what is no context is refused', () => {
  const { refused } = published<ReturnType<typeof contextVectors>>('context.json');
  for (const { parts, code } of refused) {
    expect(() => context(...partsOf(parts))).toThrow(expect.objectContaining({ code }));
  }
});

test('keyed-digest.json: digests verify, and those that are not theirs do not', async () => {
  const { digests, refused } = published<Awaited<ReturnType<typeof digestVectors>>>('keyed-digest.json');
  const verify = (row: (typeof digests)[number]) =>
    verifyKeyedDigest(nodeMacs, bytes(row.key), bytes(row.context), [bytes(row.bytes)], bytes(row.digest));
  for (const row of digests) await verify(row);
  for (const row of refused) await expect(verify(row), row.name).rejects.toMatchObject({ code: row.code });
});

describe('receipt.json', () => {
  const vectors = published<Awaited<ReturnType<typeof receiptVectors>>>('receipt.json');
  const trusted = { fingerprint: vectors.fingerprint };

  test('the receipt verifies, and its signature is that of the private key', async () => {
    await verifyReceipt(Buffer.from(vectors.receipt), trusted, newHasher);
    const message = Buffer.from(vectors.message);
    expect(hex(await signMessage(nodeSignatures, bytes(vectors.privateKey), message))).toBe(vectors.signature);
    await verifySignature(nodeSignatures, bytes(vectors.publicKey), message, bytes(vectors.signature));
  });

  test.each(vectors.refused)('$name: refused with $code', async ({ receipt, code }) => {
    const verified = verifyReceipt(Buffer.from(receipt), trusted, newHasher);
    await expect(verified).rejects.toMatchObject({ code });
  });
});

describe('erasure-certificate.json', () => {
  const vectors = published<Awaited<ReturnType<typeof certificateVectors>>>('erasure-certificate.json');
  const trusted = { fingerprint: vectors.fingerprint };

  test('the certificate verifies, is about its study, and its signature is that of the private key', async () => {
    const statement = await verifyCertificate(Buffer.from(vectors.certificate), trusted, newHasher);
    expect(certifiesStudy(statement, vectors.studyInstanceUid, newHasher)).toBe(true);
    const message = Buffer.from(vectors.message);
    expect(hex(await signMessage(nodeSignatures, bytes(vectors.privateKey), message))).toBe(vectors.signature);
    await verifySignature(nodeSignatures, bytes(vectors.publicKey), message, bytes(vectors.signature));
  });

  test.each(vectors.refused)('$name: refused with $code', async ({ certificate, code }) => {
    const verified = verifyCertificate(Buffer.from(certificate), trusted, newHasher);
    await expect(verified).rejects.toMatchObject({ code });
  });

  const jq = { command: 'jq', package: 'jq openssl', probe: ['--version'] };
  peerTest("the page's own commands verify it, and not one that was changed", jq, () => {
    const page = readFileSync(join(folder, '../erasure-certificate.md'), 'utf8');
    const [verify, study] = [...page.matchAll(/(?:^ {4}.*\n)+/gm)].map(([block]) => block).slice(1) as [string, string];
    const at = mkdtempSync(join(tmpdir(), 'symbolon-certificate-'));
    const run = (file: string, commands: string) => {
      writeFileSync(join(at, 'certificate.json'), file);
      const env = { ...process.env, UID_OF_THE_STUDY: vectors.studyInstanceUid };
      return spawnSync('sh', ['-c', commands], { cwd: at, env, encoding: 'utf8' });
    };
    const good = run(vectors.certificate, verify);
    expect(good.status, good.stderr).toBe(0);
    expect(good.stdout).toContain(vectors.fingerprint);
    const [worked, named] = run(vectors.certificate, study).stdout.split('\n');
    expect(worked?.split(' ')[0]).toBe(named);
    expect(run(vectors.certificate.replace('"instances": 400', '"instances": 399'), verify).status).not.toBe(0);
    rmSync(at, { recursive: true });
  });
});
