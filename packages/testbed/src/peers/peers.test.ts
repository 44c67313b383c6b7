import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { realFiles } from './real-files.ts';
import { requirePeer } from './require-peer.ts';

test('a program that is here is found with its path, one that is not is said to be missing', () => {
  expect(requirePeer('sh', 'dash')).toEqual({ available: true, path: expect.stringMatching(/\/sh$/) });
  expect(requirePeer('no-such-program', 'nothing')).toEqual({ available: false });
});

test('real files exist, have names of their own, and those of the corpus carry their row', () => {
  const files = realFiles();
  expect(new Set(files.map((file) => `${file.source} ${file.name}`)).size).toBe(files.length);
  for (const file of files) {
    expect(existsSync(file.path), file.name).toBe(true);
    if (file.source === 'corpus') expect(file.tools?.dcmdump).toBeDefined();
  }
});
