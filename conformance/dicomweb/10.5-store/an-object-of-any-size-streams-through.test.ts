import { createHash, type Hash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ctStudy, onFolders } from '@symbolon/testbed';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseFile } from '../../../packages/dicom/src/index.ts';
import { type Answer, type Site, startSite } from '../dicomweb-client.ts';

const mebibyte = 1024 * 1024;
/** Some times more than the exchange may hold at once, of all that it receives. */
const pixelBytes = 320 * mebibyte;
/** Units: bytes. What the exchange may need above what it needs for nothing. */
const allowedBytes = 160 * mebibyte;

let site: Site;
beforeAll(async () => {
  site = await startSite();
}, 120_000);
afterAll(() => site.exchange.dispose());

const [slice] = [...ctStudy({ seed: 9, slices: 1, rows: 16, columns: 16 })];
const chunk = Buffer.alloc(mebibyte, 'pixels of a very large object ');

/** One file with so many bytes of pixel data, made as it is sent; `digest` hears every byte. `mark` makes it another file. */
function* large(digest: Hash, mark = 0, cutShort = 0): Generator<Uint8Array> {
  const { pixelElements } = parseFile(slice!.bytes);
  const { start, valueStart } = pixelElements[0]!;
  const head = Buffer.from(slice!.bytes.subarray(0, valueStart));
  head.writeUInt32LE(pixelBytes, valueStart - 4);
  expect(valueStart - start).toBe(12);
  const give = (bytes: Uint8Array): Uint8Array => {
    digest.update(bytes);
    return bytes;
  };
  yield give(head);
  for (let at = 0; at < pixelBytes - cutShort; at += mebibyte) {
    const piece = Buffer.from(chunk);
    piece.writeUInt32LE(at + mark, 0);
    yield give(piece.subarray(0, Math.min(mebibyte, pixelBytes - cutShort - at)));
  }
}

const store = (body: Iterable<Uint8Array>): Promise<Answer> =>
  site.send('POST', '/dicomweb/studies', { 'content-type': 'application/dicom' }, body);

function peakBytes(): number {
  const status = readFileSync(`/proc/${site.exchange.process.pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

/** Every file below the image store. */
function objects(): string[] {
  const folder = join(site.exchange.dataDir, 'images');
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

describe('an object larger than what the exchange may hold', () => {
  const digest = createHash('sha256');
  let sha256 = '';

  test('is taken, and costs memory for its header only', async () => {
    expect((await site.store([{ bytes: other(slice!.bytes) }])).status).toBe(200);
    const before = peakBytes();
    const answer = await store(large(digest));
    expect(answer.status, answer.body.toString()).toBe(200);
    sha256 = digest.digest('hex');
    expect(answer.body.toString()).toContain(sha256);
    expect(peakBytes() - before).toBeLessThan(allowedBytes);
  }, 120_000);

  test('comes back byte for byte, and that costs no more', async () => {
    const before = peakBytes();
    const path = `/dicomweb/studies/${slice!.studyInstanceUid}/series/${slice!.seriesInstanceUid}/instances/${slice!.sopInstanceUid}`;
    const got = await new Promise<string>((done, failed) => {
      const hash = createHash('sha256');
      site
        .open('GET', path, { accept: 'application/dicom; transfer-syntax=*' }, (answer) => {
          answer.on('data', (piece: Buffer) => hash.update(piece));
          answer.on('end', () => (answer.complete ? done(hash.digest('hex')) : failed(new Error('cut short'))));
        })
        .on('error', failed)
        .end();
    });
    expect(got).toBe(sha256);
    expect(peakBytes() - before).toBeLessThan(allowedBytes);
  }, 120_000);

  onFolders(() => {
    test('is held once: sent again it is held already, with other bytes it is kept aside, and the stores tell no more', async () => {
      const [held] = objects()
        .map((file) => statSync(file).size)
        .toSorted((a, b) => b - a);
      expect(held).toBeGreaterThan(pixelBytes);
      const again = await store(large(createHash('sha256')));
      expect(again.status).toBe(200);
      expect(again.body.toString()).toContain('ALREADY_HELD');
      const count = objects().length;
      for (const [status, more] of [
        [409, 1],
        [409, 1],
      ] as const) {
        const answer = await store(large(createHash('sha256'), 7));
        expect(answer.status).toBe(status);
        expect(answer.body.toString()).toContain('CONFLICT_KEPT_ASIDE');
        expect(objects().length).toBe(count + more);
      }
    }, 240_000);
  });

  onFolders(() => {
    test('cut short it is refused, and leaves nothing', async () => {
      const count = objects().length;
      const answer = await store(large(createHash('sha256'), 9, 100));
      expect(answer.status).toBe(409);
      expect(answer.body.toString()).toContain('DICOM_UNREADABLE');
      expect(objects().length).toBe(count);
    }, 120_000);
  });
});

/** The same study, another instance: warms everything up that is loaded once. */
function other(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes).toString('latin1');
  const uid = slice!.sopInstanceUid;
  const changed = uid.slice(0, -1) + (uid.endsWith('7') ? '8' : '7');
  return Buffer.from(text.replaceAll(uid, changed), 'latin1');
}
