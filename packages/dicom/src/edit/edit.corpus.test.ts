import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type DataSet, type DicomFile, merge, parseFile, parseIdentityHalf, split, tags } from '../index.ts';
import { codeOf, joined } from '../part10.fixture.ts';
import { type Edit, edit } from './edit.ts';

const corpus = process.env.SYMBOLON_CORPUS ?? join(import.meta.dirname, '../../../../../shared/corpus');
const options = {
  inflateRaw: (bytes: Uint8Array): Uint8Array => new Uint8Array(inflateRawSync(bytes)),
  duplicates: 'accept',
} as const;
const deflateRaw = (bytes: Uint8Array): Uint8Array => new Uint8Array(deflateRawSync(bytes));

/** Leaves, head and value (their first 2,000 bytes), by path; sequences by their number of items. Group lengths apart. */
function leaves(file: DicomFile): Map<string, string> {
  const out = new Map<string, string>();
  for (const { ds, path } of dataSets(file))
    for (const { tag, start, end, items } of ds.elements.values()) {
      const bytes = ds.bytes.subarray(start, Math.min(end, start + 2000));
      if ((tag & 0xffff) !== 0)
        out.set(
          [...path, tag].join(),
          items === undefined ? Buffer.from(bytes).toString('latin1') : `${items.length} items`,
        );
    }
  return out;
}

function dataSets(file: DicomFile): { ds: DataSet; path: readonly number[] }[] {
  const found: { ds: DataSet; path: readonly number[] }[] = [
    { ds: file.meta, path: [] },
    { ds: file.dataset, path: [] },
  ];
  for (let at = 0; at < found.length; at++)
    for (const { tag, items } of found[at]!.ds.elements.values())
      for (const [index, ds] of (items ?? []).entries()) found.push({ ds, path: [...found[at]!.path, tag, index] });
  return found;
}

/** A name replaced or added, a private element of a stranger, group 0002, and something as deep as the file goes. */
function editsFor(file: DicomFile): Edit[] {
  const name = { Alphabetic: 'Edited^Longer^Than^Before' };
  const deepest = dataSets(file).reduce((a, b) => (b.path.length > a.path.length ? b : a)).path;
  return [
    { path: [tags.PatientName], set: { vr: 'PN', Value: [name] } },
    { path: [0x000f1001], set: { vr: 'LO', Value: ['x'] } },
    { path: [tags.SourceApplicationEntityTitle], set: { vr: 'AE', Value: ['EDIT'] } },
    { path: [...deepest, 0x00104000], set: { vr: 'LT', Value: ['nested'] } },
  ];
}

// Nobody has to have the corpus: where it is not, these tests are not skipped, they are none.
if (existsSync(corpus))
  describe('the corpus (SYMBOLON_CORPUS)', () => {
    const files = readFileSync(join(corpus, 'MANIFEST.tsv'), 'utf8')
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split('\t'))
      .filter(([path = '', , kind]) => kind === 'dicom' && !path.includes('DICOMDIR'))
      .map(([path = '']) => join(corpus, path));

    test('in every file that is read, edits change what they name; taken back, they leave the file as it was', () => {
      let edited = 0;
      for (const path of files) {
        const bytes = new Uint8Array(readFileSync(path));
        if (codeOf(() => parseFile(bytes, options)) !== 'nothing thrown') continue;
        const file = parseFile(bytes, options);
        const edits = editsFor(file);
        const out = joined(edit(file, edits, { deflateRaw }).pieces);
        const after = parseFile(out, options);
        const [was, is] = [leaves(file), leaves(after)];
        const named = new Set(edits.map((one) => one.path.join()));
        for (const key of named) expect(is.has(key), `${path} ${key}`).toBe(true);
        for (const key of new Set([...was.keys(), ...is.keys()]))
          if (!named.has(key) && was.get(key) !== is.get(key)) expect.fail(`${path} ${key}`);
        const known = new Set(file.warnings.map(({ code }) => code));
        expect(
          after.warnings.filter(({ code }) => !known.has(code)),
          path,
        ).toEqual([]);
        edited++;
        if (file.deflated) continue;

        const added = edits.filter((one) => !was.has(one.path.join()));
        const there = parseFile(joined(edit(file, added).pieces), options);
        const back = joined(
          edit(
            there,
            added.map(({ path: where }) => ({ path: where, remove: true })),
          ).pieces,
        );
        const metaLength = file.meta.elements.get(tags.FileMetaInformationGroupLength);
        const wrong = file.warnings.some(({ code }) => code === 'DICOM_META_LENGTH_WRONG');
        // The one thing put right on the way: a wrong (0002,0000) of a group 0002 that was edited.
        if (wrong && metaLength !== undefined)
          back.set(bytes.subarray(metaLength.start, metaLength.end), metaLength.start);
        expect(Buffer.from(back).equals(bytes), `${path}: there and back`).toBe(true);

        const { identity, image, cuts } = split(file);
        const half = edit(parseIdentityHalf(joined(identity), { ...options, cuts }), edits, { cuts });
        const whole = joined(merge(joined(half.pieces), joined(image), half.cuts));
        expect(Buffer.from(whole).equals(out), `${path}: its halves`).toBe(true);
      }
      expect(edited).toBeGreaterThan(600);
    });
  });
