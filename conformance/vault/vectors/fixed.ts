import { createHash } from 'node:crypto';
import type { Primitives } from '../../../packages/vault/src/index.ts';
import { nodePrimitives } from '../node-primitives.ts';

/** The one place where randomness is fixed: what is drawn is what the vector publishes. */
export function drawing(...drawn: readonly Uint8Array[]): Primitives {
  return { ...nodePrimitives, random: () => Buffer.concat(drawn) };
}

export function counting(from: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => from + i);
}

/** What stands for a random value of a vector: another one for each thing that is named. */
export async function chosen(what: string, length: number): Promise<Uint8Array> {
  const digest = await nodePrimitives.hash('sha256', new TextEncoder().encode(`symbolon vectors ${what}`));
  return digest.subarray(0, length);
}

export function hex(value: Uint8Array): string {
  return Buffer.from(value).toString('hex');
}

export function base64(value: Uint8Array): string {
  return Buffer.from(value).toString('base64');
}

export function sha256(value: Uint8Array): string {
  return hex(nodePrimitives.hash('sha256', value));
}

export function bytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'hex'));
}

/** SHA-256 as the client wants it. */
export function newHasher() {
  const hasher = createHash('sha256');
  return { update: (data: Uint8Array) => void hasher.update(data), hex: () => hasher.digest('hex') };
}
