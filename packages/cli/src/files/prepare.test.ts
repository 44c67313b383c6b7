import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UploadFile } from '@symbolon/client';
import { ctStudy } from '@symbolon/testbed';
import { afterAll, describe, expect, test } from 'vitest';
import { memoryFor, prepare } from './prepare.ts';
import type { Refused } from './select.ts';
import { fileSource, type Source } from './source.ts';

const folder = mkdtempSync(join(tmpdir(), 'symbolon-prepare-'));
afterAll(() => rmSync(folder, { recursive: true }));
const slices = [...ctStudy({ seed: 3, slices: 30, rows: 32, columns: 32 })].map((file) => file.bytes);
const size = Math.max(...slices.map((bytes) => bytes.length));

function sources(): Source[] {
  return slices.map((bytes, at) => {
    const path = join(folder, `IM${at}`);
    writeFileSync(path, bytes);
    return fileSource(`IM${at}`, Buffer.from(path), bytes.length);
  });
}

function told() {
  const refused: Refused[] = [];
  return { refused, onRefused: (entry: Refused) => void refused.push(entry), onLeftOut: () => undefined };
}

describe('preparing files', () => {
  test('never holds more than the budget, keeps the order, and goes on as memory is given back', async () => {
    const memory = { budgetBytes: 6 * size, largeBytes: size + 1, pageBytes: 3 * size };
    const held: UploadFile[] = [];
    const labels: string[] = [];
    let heldBytes = 0;
    for await (const file of prepare(sources(), memory, told())) {
      labels.push(file.path);
      held.push(file);
      heldBytes += file.bytes;
      expect(heldBytes).toBeLessThanOrEqual(memory.budgetBytes);
      if (heldBytes < memory.pageBytes) continue;
      for (const done of held.splice(0)) {
        heldBytes -= done.bytes;
        done.release?.();
        done.release?.();
      }
    }
    expect(labels).toEqual(slices.map((_, at) => `IM${at}`));
  });

  test('a large file that changes after its digest was taken never leaves whole', async () => {
    const [source] = sources();
    const files: UploadFile[] = [];
    for await (const file of prepare([source as Source], { budgetBytes: 100, largeBytes: 100, pageBytes: 50 }, told()))
      files.push(file);
    const body = files[0]?.body as { stream(): AsyncIterable<Uint8Array> };
    for (const change of [
      (bytes: Buffer) => void bytes.fill(1, 500, 501),
      (bytes: Buffer) => bytes.subarray(1),
      (bytes: Buffer) => Buffer.concat([bytes, bytes]),
    ]) {
      const bytes = Buffer.from(slices[0] as Uint8Array);
      writeFileSync(join(folder, 'IM0'), change(bytes) ?? bytes);
      let sent = 0;
      const all = async () => {
        for await (const chunk of body.stream()) sent += chunk.length;
      };
      await expect(all()).rejects.toMatchObject({ code: 'FILE_CHANGED', sha256: files[0]?.sha256 });
      expect(sent).toBeLessThan((slices[0] as Uint8Array).length);
    }
  });

  test('a file that vanishes or grows between listing and reading is named', async () => {
    const list = sources().slice(0, 3);
    rmSync(join(folder, 'IM1'));
    writeFileSync(join(folder, 'IM2'), Buffer.concat([slices[2] as Uint8Array, Buffer.from('x')]));
    const books = told();
    const sent: string[] = [];
    for await (const file of prepare(list, memoryFor(4), books)) sent.push(file.path);
    expect(sent).toEqual(['IM0']);
    expect(books.refused.map(({ path, code }) => `${path} ${code}`)).toEqual([
      'IM1 FILE_UNREADABLE',
      'IM2 FILE_CHANGED',
    ]);
  });

  test.each([1, 2, 4, 32])(
    'with %i connections a page leaves room for the largest file that is held',
    (connections) => {
      const { budgetBytes, largeBytes, pageBytes } = memoryFor(connections);
      expect(budgetBytes).toBe(connections * 32 * 2 ** 20);
      expect(pageBytes + largeBytes).toBeLessThanOrEqual(budgetBytes);
    },
  );
});
