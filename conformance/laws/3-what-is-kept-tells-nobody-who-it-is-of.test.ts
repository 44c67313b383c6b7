import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { copyCheckout } from '../start/copy-checkout.ts';
import { formsOf } from './forms-of.ts';
import { type Drill, drillForLeaks } from './leak-drill.ts';
import { PatternSearch, searchBytes } from './search-bytes.ts';

test('the search finds a word in every form, wherever it begins, packed or not', async () => {
  const value = 'Mandelbaumschulenweg Ölmütz';
  const forms = formsOf([{ field: 'x', value, encoded: Buffer.from(value, 'latin1') }]);
  const search = new PatternSearch(forms);
  const utf8 = Buffer.from(value);
  const hiding = [
    utf8,
    Buffer.from(value, 'utf16le'),
    Buffer.from(value, 'utf16le').swap16(),
    Buffer.from(value, 'latin1'),
    Buffer.from(utf8.toString('hex')),
    Buffer.from(utf8.toString('hex').toUpperCase()),
    Buffer.from(encodeURIComponent(value)),
    ...[0, 1, 2].map((at) => Buffer.from(Buffer.concat([randomBytes(at), utf8, randomBytes(7)]).toString('base64'))),
    Buffer.from(value.toUpperCase()),
  ];
  for (const hidden of hiding) {
    const noise = () => randomBytes(1 + Math.floor(Math.random() * 3000));
    const among = Buffer.concat([noise(), hidden, noise()]);
    for (const bytes of [
      among,
      hidden,
      Buffer.concat([noise(), gzipSync(among), noise()]),
      Buffer.concat([noise(), deflateSync(among), noise()]),
      Buffer.concat([noise(), zstdCompressSync(among), noise()]),
    ]) {
      expect((await searchBytes(search, 'here', bytes)).length, hidden.toString('latin1')).toBeGreaterThan(0);
    }
  }
  expect(await searchBytes(search, 'here', randomBytes(4_000_000))).toEqual([]);
});

/** That the drill did what it says, whatever it found. */
function expectThorough({ seen }: Drill): void {
  expect(seen.sent).toBeGreaterThanOrEqual(6);
  expect(seen.fetched).toBe(seen.sent);
  for (const status of [400, 401, 404, 406, 409, 415]) expect([...seen.refusals.keys()]).toContain(status);
  expect(seen.identityHalves).toBeGreaterThan(0);
  expect(seen.eachChainOpensItsOwnOnly).toBe(true);
  expect(seen.scannedBytes).toBeGreaterThan(20_000_000);
}

test('no planted identifier is found in stores, keys, temporary files, logs and error answers, nor in opened image halves; no pixels in identity halves', async () => {
  const drill = await drillForLeaks();
  expect(drill.findings).toEqual([]);
  expectThorough(drill);
  // The other way round, so that an empty half would not pass for a clean one.
  expect(drill.seen.imageHalves).toBeGreaterThan(0);
  expect(drill.seen.pixelsInImages).toBe(true);
  expect(drill.seen.wordsInIdentities).toBeGreaterThanOrEqual(drill.seen.words);
}, 180_000);

const patches = [
  {
    what: 'leaves everything in the identity half',
    instead:
      'halves: { identity: Buffer.concat(merge(identity, Buffer.concat(image), cuts)), image: [], cuts: [], imageBytes: 0 },',
    found: { where: /^an identity half/, field: /^pixels$/ },
  },
  {
    what: 'puts everything into the image half',
    instead:
      'halves: { identity: new Uint8Array(0), image: merge(identity, Buffer.concat(image), cuts), cuts: [{ at: 0, bytes: identity.length + imageBytes }], imageBytes: identity.length + imageBytes },',
    found: { where: /^an image half/, field: /PatientName|PatientID/ },
  },
];

test.each(patches)(
  'the same drill on a source whose split $what finds it',
  async ({ instead, found }) => {
    const copy = await copyCheckout();
    try {
      const file = join(copy.folder, 'packages/server/src/intake/instance.ts');
      const source = await readFile(file, 'utf8');
      const halves = 'halves: { identity, image, cuts, imageBytes },';
      expect(source.split(halves)).toHaveLength(2);
      const door = "import { merge } from '@symbolon/dicom';\n";
      await writeFile(file, door + source.replace(halves, instead));
      const drill = await drillForLeaks(copy.folder);
      expectThorough(drill);
      expect(
        drill.findings.filter(({ where, field }) => found.where.test(where) && found.field.test(field)).length,
      ).toBeGreaterThan(0);
      // That is all that the patch does: what lies unopened says as little as ever.
      expect(drill.findings.filter(({ where }) => !found.where.test(where))).toEqual([]);
    } finally {
      await copy.remove();
    }
  },
  180_000,
);
