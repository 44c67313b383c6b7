import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import type { Form } from './forms-of.ts';

export type Finding = { readonly where: string; readonly field: string; readonly form: string };

const keyBytes = 4;
const bitmapBits = 24;
const chunkBytes = 8 * 2 ** 20;

/**
 * Looks for thousands of patterns in one pass.
 *
 * Cost    a 32-bit key from the midst of each pattern in a bitmap of 2²⁴: 300 MB/s whatever the number of patterns,
 *         where `Buffer.indexOf` for each of them would take a minute for 100 MB.
 */
export class PatternSearch {
  readonly #bitmap = new Uint8Array(2 ** (bitmapBits - 3));
  readonly #byKey = new Map<number, { form: Form; at: number }[]>();
  readonly longest: number;

  constructor(forms: readonly Form[]) {
    for (const form of forms) {
      // From the midst: beginnings and ends are what names, UIDs and encodings have in common.
      const at = (form.bytes.length - keyBytes) >> 1;
      const key = form.bytes.readInt32LE(at);
      const slot = slotOf(key);
      this.#bitmap[slot >> 3]! |= 1 << (slot & 7);
      this.#byKey.set(key, [...(this.#byKey.get(key) ?? []), { form, at }]);
    }
    this.longest = forms.reduce((most, { bytes }) => Math.max(most, bytes.length), 0);
  }

  *in(bytes: Buffer): Generator<Form> {
    const bitmap = this.#bitmap;
    let key = 0;
    for (let end = 0; end < bytes.length; end += 1) {
      key = (key >>> 8) | (bytes[end]! << 24);
      const slot = (Math.imul(key, 0x9e3779b1) >>> (32 - bitmapBits)) | 0;
      if ((bitmap[slot >> 3]! & (1 << (slot & 7))) === 0 || end < keyBytes - 1) continue;
      for (const { form, at } of this.#byKey.get(key) ?? []) {
        const start = end - (keyBytes - 1) - at;
        if (start >= 0 && bytes.subarray(start, start + form.bytes.length).equals(form.bytes)) yield form;
      }
    }
  }
}

const slotOf = (key: number): number => Math.imul(key, 0x9e3779b1) >>> (32 - bitmapBits);

/** What `bytes` holds, as it is and unpacked wherever something packed may begin. */
export async function searchBytes(search: PatternSearch, where: string, bytes: Buffer): Promise<Finding[]> {
  const found = new Map<string, Finding>();
  const look = (place: string, content: Buffer) => {
    for (const { field, form } of search.in(content)) {
      found.set(`${place} ${field} ${form}`, { where: place, field, form });
    }
  };
  look(where, bytes);
  for (const { at, content, kind } of await unpacked(bytes)) look(`${where}, ${kind} at ${at}`, content);
  return [...found.values()];
}

/** The same for every file under a folder, in pieces that overlap by the longest pattern. `skip` names what is not ours. */
export async function searchFolder(search: PatternSearch, folder: string, skip = /^$/): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (skip.test(path)) continue;
    found.push(...(await searchBytes(search, `the name of ${path}`, Buffer.from(path))));
    if (!entry.isFile()) continue;
    const { size } = await stat(path);
    const handle = await open(path, 'r');
    try {
      for (let start = 0; start < size; start += chunkBytes) {
        const piece = Buffer.alloc(Math.min(chunkBytes + search.longest, size - start));
        await handle.read(piece, 0, piece.length, start);
        found.push(...(await searchBytes(search, path, piece)));
      }
    } finally {
      await handle.close();
    }
  }
  return found;
}

type Unpacked = { readonly kind: string; readonly at: number; readonly content: Buffer };

const magics = [
  { kind: 'zstd', magic: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), make: createZstdDecompress },
  { kind: 'gzip', magic: Buffer.from([0x1f, 0x8b, 0x08]), make: createGunzip },
  ...[0x01, 0x5e, 0x9c, 0xda].map((level) => ({
    kind: 'zlib',
    magic: Buffer.from([0x78, level]),
    make: createInflate,
  })),
] as const;

async function unpacked(bytes: Buffer): Promise<Unpacked[]> {
  const found: Unpacked[] = [];
  for (const { kind, magic, make } of magics) {
    for (let at = bytes.indexOf(magic); at >= 0; at = bytes.indexOf(magic, at + 1)) {
      const content = await whatUnpacks(make(), bytes.subarray(at));
      if (content.length > 0) found.push({ kind, at, content });
    }
  }
  return found;
}

/** What comes out until it ends or turns out to be none, at most 64 MiB. */
function whatUnpacks(stream: ReturnType<typeof createGunzip>, bytes: Buffer): Promise<Buffer> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    let length = 0;
    const done = () => {
      stream.destroy();
      resolve(Buffer.concat(pieces));
    };
    stream.on('data', (piece: Buffer) => {
      pieces.push(piece);
      length += piece.length;
      if (length > 64 * 2 ** 20) done();
    });
    stream.once('error', done);
    stream.once('end', done);
    stream.once('close', done);
    stream.end(bytes);
  });
}
