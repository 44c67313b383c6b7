import { parseFile, split } from '@symbolon/dicom';
import { ctStudy } from '@symbolon/testbed';
import { expect, test } from 'vitest';
import { heldFile } from './same-data-set.ts';

const [sent] = ctStudy({ seed: 1, slices: 1, rows: 16, columns: 16 });

test.each([
  ['nothing', ''],
  ['a byte', '\n'],
  ['a page of HTML', '</html>, and so on and so on'],
])('what is held is compared from its data set on, with %s behind its pixel data', async (_, tail) => {
  const bytes = Buffer.concat([sent!.bytes, Buffer.from(tail, 'latin1')]);
  const file = parseFile(bytes);
  const { identity, cuts } = split(file);
  const reader = { identityHalf: async () => Buffer.concat(identity) };
  const held = { pack: {}, instance: { transferSyntax: file.transferSyntax, bytes: bytes.length, cuts } };
  const { datasetStart } = await heldFile(reader as never, held as never);
  expect(datasetStart).toBe(file.datasetStart);
});
