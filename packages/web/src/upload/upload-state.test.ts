import { expect, test } from 'vitest';
import type { FromWorker, StudyFacts } from './messages.ts';
import { brokenIn, groups } from './messages.ts';
import { clearNote, readNote, writeNote } from './reload-note.ts';
import { groupAdvice, groupTitle } from './show/group-words.ts';
import { choiceOf, emptyState, heard } from './upload-state.ts';

function study(key: number, change: Partial<StudyFacts> = {}): StudyFacts {
  const patient = { name: 'A', id: '1', birthDate: '' };
  const numbers = { series: 1, images: 10, bytes: 1000, heldImages: 0, heldBytes: 0 };
  return { key, known: true, patient, mixed: false, date: '', description: '', modalities: [], ...numbers, ...change };
}

const scan = { running: true, stopped: false, files: 1, ofFiles: 2, bytes: 3, held: 'not yet' } as const;

test('studies that changed take the place of what was known of them', () => {
  const say = (studies: StudyFacts[]): FromWorker => ({ kind: 'scan', scan, studies, left: [] });
  const first = heard(emptyState, say([study(0), study(1)]));
  const second = heard(first, say([study(1, { images: 20, heldImages: 5, heldBytes: 500 })]));
  expect(second.studies.map(({ images }) => images)).toEqual([10, 20]);
  expect(first.studies.map(({ images }) => images)).toEqual([10, 10]);
  expect(choiceOf({ ...second, unchosen: new Set([0]) })).toEqual({
    studies: 1,
    images: 20,
    bytes: 1000,
    heldImages: 5,
    heldBytes: 500,
  });
});

test('an answer to a list is appended where it belongs, and a late one is not shown twice', () => {
  const entry = (path: string) => ({ path, code: 'NOT_DICOM', reason: '' });
  const say = (from: number, paths: string[]): FromWorker => {
    return { kind: 'list', group: 'not dicom', from, entries: paths.map(entry) };
  };
  const twice = heard(heard(heard(emptyState, say(0, ['a', 'b'])), say(2, ['c'])), say(2, ['c']));
  expect(twice.lists.get('not dicom')?.map(({ path }) => path)).toEqual(['a', 'b', 'c']);
});

test('every reason has words for one and for many, and says what to do', () => {
  for (const group of groups) {
    expect(groupTitle(group, 1)).toMatch(/^1 [a-zA-Z]/);
    expect(groupTitle(group, 1000)).toMatch(/^1\D?000 [a-zA-Z]/);
    expect(groupAdvice(group)).toMatch(/\.$/);
  }
  expect(groupTitle('not dicom', 2)).toBe('2 files are not DICOM images');
});

function fakeStorage(): Storage & { readonly kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  } as Storage & { readonly kept: Map<string, string> };
}

test('a reload finds how far the upload was, in counts and nothing else', () => {
  const storage = fakeStorage();
  writeNote(storage, { images: 120, ofImages: 300, patient: 'Müller' } as { images: number; ofImages: number });
  expect([...storage.kept.values()].join()).toBe('{"images":120,"ofImages":300}');
  expect(readNote(storage)).toEqual({ images: 120, ofImages: 300 });
  clearNote(storage);
  expect(readNote(storage)).toBeUndefined();
});

test('a note that was finished, or that nobody of us wrote, is none', () => {
  for (const text of ['{"images":3,"ofImages":3}', 'null', '{', '{"images":"<b>","ofImages":3}', '[]']) {
    const storage = fakeStorage();
    storage.setItem('symbolon.upload', text);
    expect(readNote(storage), text).toBeUndefined();
  }
});

test('what was meant to be sent and could not be read is counted; photos, copies and the table of contents are not', () => {
  const left = (['cut short', 'damaged', 'not dicom', 'copy', 'table of contents', 'zip broken'] as const).map(
    (group) => ({ group, count: 2, example: '' }),
  );
  expect(brokenIn(left)).toBe(6);
  expect(brokenIn([])).toBe(0);
});
