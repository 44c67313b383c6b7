import { expect, test } from 'vitest';
import { type Entry, walkEntries } from './walk-entries.ts';

const refused = new DOMException('no', 'NotReadableError');

function fileEntry(fullPath: string): Entry {
  const file = new File(['x'], fullPath.split('/').at(-1) ?? '');
  return { isDirectory: false, fullPath, file: (done: (file: File) => void) => done(file) } as Entry;
}

function brokenFile(fullPath: string): Entry {
  const file = (_: unknown, failed: (error: unknown) => void) => failed(refused);
  return { isDirectory: false, fullPath, file } as Entry;
}

/** As browsers do it: a hundred at a time, then nothing. */
function folder(fullPath: string, children: readonly Entry[], failAfter = Number.POSITIVE_INFINITY): Entry {
  const createReader = () => {
    let at = 0;
    return {
      readEntries(done: (entries: Entry[]) => void, failed: (error: unknown) => void) {
        if (at >= failAfter) return failed(refused);
        const some = children.slice(at, at + 100);
        at += some.length;
        done(some);
      },
    };
  };
  return { isDirectory: true, fullPath, createReader } as Entry;
}

async function walked(dropped: readonly Entry[], handful = 500, signal = new AbortController().signal) {
  const chosen: { path: string; given: boolean }[] = [];
  const unreadable: string[] = [];
  let times = 0;
  for await (const found of walkEntries(dropped, handful, signal)) {
    times += 1;
    chosen.push(...found.chosen.map(({ path, given }) => ({ path, given })));
    unreadable.push(...found.unreadable);
  }
  return { chosen, unreadable, times };
}

test('every file of a folder of 250 is found, though a reader gives a hundred at a time', async () => {
  const files = Array.from({ length: 250 }, (_, at) => fileEntry(`/CD/${at}`));
  const { chosen } = await walked([folder('/CD', files)]);
  expect(chosen.map(({ path }) => path)).toEqual(files.map((_, at) => `CD/${at}`));
});

test('folders within folders are walked, and what was dropped by itself is known from what was found', async () => {
  const inner = folder('/CD/IMG', [fileEntry('/CD/IMG/1'), fileEntry('/CD/IMG/2')]);
  const { chosen } = await walked([folder('/CD', [fileEntry('/CD/DICOMDIR'), inner]), fileEntry('/scans.zip')]);
  expect(chosen).toEqual([
    { path: 'scans.zip', given: true },
    { path: 'CD/DICOMDIR', given: false },
    { path: 'CD/IMG/1', given: false },
    { path: 'CD/IMG/2', given: false },
  ]);
});

test('a file and a folder that cannot be read are named, and the rest goes on', async () => {
  const many = Array.from({ length: 150 }, (_, at) => fileEntry(`/CD/B/${at}`));
  const { chosen, unreadable } = await walked([
    folder('/CD', [folder('/CD/B', many, 100), brokenFile('/CD/scratched'), fileEntry('/CD/fine')]),
  ]);
  expect(unreadable).toEqual(['CD/scratched', 'CD/B']);
  expect(chosen).toHaveLength(101);
  expect(chosen[0]?.path).toBe('CD/fine');
});

test('files are handed on by the handful, and a folder 10,000 deep is no recursion', async () => {
  let deep: Entry = folder('/bottom', [fileEntry('/bottom/file')]);
  for (let depth = 0; depth < 10_000; depth += 1) deep = folder(`/${depth}`, [deep]);
  expect((await walked([deep])).chosen).toHaveLength(1);
  const files = Array.from({ length: 1000 }, (_, at) => fileEntry(`/CD/${at}`));
  expect((await walked([folder('/CD', files)], 200)).times).toBe(6);
});

test('a walk that is stopped finds no more', async () => {
  const stop = new AbortController();
  stop.abort();
  expect((await walked([folder('/CD', [fileEntry('/CD/1')])], 500, stop.signal)).chosen).toEqual([]);
});
