/**
 * Sealing alone: 256 MB in segments of 64 KiB, whole and as a flow, beside AES-256-GCM by node:crypto alone over the same
 * bytes; and opening. Rounds are interleaved, so that what else the machine does hits all alike; prints medians, a line
 * of JSON a figure, and of each its share of what node:crypto reaches.
 */
import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto';
import { cpus } from 'node:os';
import { nodePrimitives as p } from '../conformance/vault/node-primitives.ts';
import { context, openRange, StreamSealer, sealWhole } from '../packages/vault/src/index.ts';

const megabytes = 256;
const rounds = Number(process.env.ROUNDS ?? 7);
const chunkBytes = 2 ** 19;
const segmentBytes = 65_520;
const options = { authTagLength: 16 };

const plain = randomBytes(megabytes * 1e6);
const key = { key: randomBytes(32), keyId: randomBytes(16), context: context('bench', 1) };
const sealedPieces = await sealWhole(p, key, [plain]);
const sealed = Buffer.concat(sealedPieces);

/** What every road must do at the least: a cipher, a tag and a nonce for each segment. */
function cryptoSeals(): void {
  const secret = createSecretKey(key.key);
  const nonce = Buffer.alloc(12);
  for (let at = 0, index = 0; at < plain.length; at += segmentBytes, index += 1) {
    nonce.writeUInt32BE(index, 7);
    const cipher = createCipheriv('aes-256-gcm', secret, nonce, options);
    cipher.update(plain.subarray(at, at + segmentBytes));
    cipher.final();
    cipher.getAuthTag();
  }
}

const rawTags: Buffer[] = [];
const rawCiphertexts: Buffer[] = [];
function prepareRaw(): void {
  const secret = createSecretKey(key.key);
  for (let at = 0, index = 0; at < plain.length; at += segmentBytes, index += 1) {
    const nonce = Buffer.alloc(12);
    nonce.writeUInt32BE(index, 7);
    const cipher = createCipheriv('aes-256-gcm', secret, nonce, options);
    rawCiphertexts.push(cipher.update(plain.subarray(at, at + segmentBytes)));
    cipher.final();
    rawTags.push(cipher.getAuthTag());
  }
}

function cryptoOpens(): void {
  const secret = createSecretKey(key.key);
  const nonce = Buffer.alloc(12);
  for (const [index, ciphertext] of rawCiphertexts.entries()) {
    nonce.writeUInt32BE(index, 7);
    const decipher = createDecipheriv('aes-256-gcm', secret, nonce, options);
    decipher.setAuthTag(rawTags[index] as Buffer);
    decipher.update(ciphertext);
    decipher.final();
  }
}

async function sealsWhole(): Promise<void> {
  // In parts of 64 MB, as packs are.
  for (let at = 0; at < plain.length; at += 64e6) await sealWhole(p, key, [plain.subarray(at, at + 64e6)]);
}

async function sealsFlow(): Promise<void> {
  const sealer = await StreamSealer.create(p, key);
  for (let at = 0; at < plain.length; at += chunkBytes) await sealer.push(plain.subarray(at, at + chunkBytes));
  await sealer.finish();
}

async function opensFlow(): Promise<void> {
  const source = { sealedBytes: sealed.length, read: (start: number, end: number) => sealed.subarray(start, end) };
  for await (const piece of openRange(p, key, source, 0, plain.length))
    if (piece.length === 0) throw new Error('empty');
}

const roads = {
  'node:crypto seals': cryptoSeals,
  'vault seals whole': sealsWhole,
  'vault seals a flow': sealsFlow,
  'node:crypto opens': cryptoOpens,
  'vault opens a flow': opensFlow,
} as const;
type Road = keyof typeof roads;

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

prepareRaw();
const rates = new Map<Road, number[]>();
for (let round = -1; round < rounds; round += 1) {
  for (const [road, run] of Object.entries(roads) as [Road, () => void | Promise<void>][]) {
    const started = performance.now();
    await run();
    const rate = (megabytes * 1000) / (performance.now() - started);
    // The first round warms up.
    if (round >= 0) rates.set(road, [...(rates.get(road) ?? []), rate]);
  }
}

const date = new Date().toISOString().slice(0, 10);
console.log(JSON.stringify({ machine: cpus()[0]?.model, cores: cpus().length, node: process.version, date }));
for (const [road, values] of rates) {
  const limit = rates.get(road.includes('opens') ? 'node:crypto opens' : 'node:crypto seals');
  // Of the same round: the machine's other work hit both.
  const share = median(values.map((value, round) => value / (limit?.[round] as number)));
  const figures = { value: Number(median(values).toPrecision(4)), unit: 'MB/s', share: Number(share.toPrecision(3)) };
  console.log(JSON.stringify({ metric: road, ...figures, n: rounds }));
}
