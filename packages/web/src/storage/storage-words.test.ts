import { type StoragePlace, scrubParts } from '@symbolon/contract';
import { expect, test } from 'vitest';
import {
  compressedText,
  costText,
  findingText,
  joinedText,
  roomText,
  roomWarning,
  roundText,
  shareDone,
  waitingText,
} from './storage-words.ts';

const place: StoragePlace = {
  name: 'images',
  state: 'ok',
  totalBytes: 4e12,
  freeBytes: 1e12,
  reserveBytes: 2e9,
  warnBytes: 4e9,
};
const round = { startedAt: '2026-03-01T10:00:00Z', endedAt: null, packs: 1, bytes: 500, damaged: 0 };

test.each([
  [place, '1 TB free of 4 TB'],
  [{ ...place, state: 'low', freeBytes: 3e9 } as const, '3 GB free of 4 TB: soon full, new data is refused below 2 GB'],
  [{ ...place, state: 'full', freeBytes: 1e9 } as const, '1 GB free of 4 TB: full, new data is refused below 2 GB'],
  [{ ...place, state: 'unknown' } as const, 'not known: its disk does not tell'],
])('room is told with what it means', (of, words) => {
  expect(roomText(of)).toBe(words);
});

test('only a disk that is full or soon full is a warning', () => {
  expect((['ok', 'unknown', 'low', 'full'] as const).map((state) => roomWarning(state) !== undefined)).toEqual([
    false,
    false,
    true,
    true,
  ]);
});

test('a round is told while it runs and when it has ended, and its share is never more than all', () => {
  expect(roundText(round)).toMatch(/^begun .*; 500 bytes in 1 pack, nothing damaged so far$/);
  expect(roundText({ ...round, endedAt: '2026-03-01T11:00:00Z', damaged: 2 })).toMatch(
    /: 500 bytes in 1 pack, 2 packs damaged$/,
  );
  expect([shareDone(round, 1000), shareDone(round, 400), shareDone(round, 0)]).toEqual([0.5, 1, undefined]);
});

test('every part that can be damaged has words, and they say nothing of a patient', () => {
  const texts = scrubParts.map((part) => findingText({ part, instances: 3 }));
  expect(new Set(texts).size).toBe(scrubParts.length);
  for (const text of texts) expect(text).toMatch(/^3 images: \S/);
});

test('what waits, what was done and what it costs is told in amounts, and nothing as nothing', () => {
  expect(waitingText({ waiting: 0, toCompress: 0, toCompressBytes: 0 })).toBe('nothing');
  expect(waitingText({ waiting: 1, toCompress: 2, toCompressBytes: 3e6 })).toBe(
    '1 series to put together, 2 packs of 3 MB to compress',
  );
  expect(waitingText({ waiting: 0, toCompress: 100_000, toCompressBytes: 4e12 })).toMatch(/^more than 100/);
  expect(joinedText({ joined: 500, rewrites: 1 })).toBe('500 packs became 1');
  expect(compressedText({ compressed: 2, storedBefore: 4e9, storedAfter: 1e9 })).toBe(
    '2 packs: 4 GB became 1 GB, 75 % less',
  );
  expect(compressedText({ compressed: 1, storedBefore: 1e6, storedAfter: 1.1e6 })).toMatch(/, 0 % less$/);
  expect(costText({ kept: 3, keptBytes: 5e6 })).toMatch(/^5 MB: 3 replaced packs,/);
});
