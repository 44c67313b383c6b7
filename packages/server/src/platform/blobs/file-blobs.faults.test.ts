import { spawnSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { peerTest, powerCutTest, smallDiskTest } from '@symbolon/testbed';
import { afterAll, expect } from 'vitest';
import { fileBlobs } from './file-blobs.ts';

const root = mkdtempSync('/tmp/symbolon-faults-');
afterAll(() => rmSync(root, { recursive: true, force: true }));

const strace = { command: 'strace', package: 'strace', probe: ['-o', '/dev/null', 'true'] };

type Told = {
  readonly said: string;
  readonly names: readonly string[];
  readonly left: { readonly count: number };
  readonly read: string;
  readonly trace: readonly string[];
};

const calls = 'write,writev,pwrite64,pwritev,fsync,fdatasync,rename';
const halfBytes = 70_000;

/** Puts an object in a process of its own that strace watches; says what came of it, and what was asked of the kernel. */
async function putWatched(streamed: boolean, options: (places: Places) => readonly string[]): Promise<Told & Places> {
  const folder = mkdtempSync(join(root, 'put-'));
  const [store, name] = [join(folder, 'store'), randomUUID()];
  const places = { name, temporary: join(store, 'incoming', name), shelf: join(store, name.slice(0, 2)) };
  // Folders are made, and their fsyncs done, before anybody watches.
  await fileBlobs(store).put(`${name.slice(0, 2)}${randomUUID().slice(2)}`, []);
  const program = `
    import { fileBlobs } from ${JSON.stringify(new URL('./file-blobs.ts', import.meta.url).href)};
    const store = fileBlobs(${JSON.stringify(store)});
    const halves = [Buffer.alloc(${halfBytes}), Buffer.alloc(${halfBytes})];
    const stream = async function* () { yield* halves; };
    const said = await store.put('${name}', ${streamed ? 'stream()' : 'halves'}).then(() => 'done', (error) => error.code);
    const names = [];
    for await (const page of store.list()) names.push(...page);
    const left = await store.unfinished(new Date(Date.now() + 60_000), 'count');
    const read = await store.read('${name}', 0, ${2 * halfBytes}).then(() => 'read', (error) => error.code);
    console.log(JSON.stringify({ said, names, left, read }));`;
  const trace = join(folder, 'trace');
  const node = [process.execPath, '--input-type=module', '--no-warnings', '-e', program];
  const { stdout, stderr } = spawnSync('strace', ['-f', '-y', '-qq', '-o', trace, ...options(places), ...node], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (stdout === '') throw new Error(`strace or its child said: ${stderr}`);
  return { ...(JSON.parse(stdout) as Omit<Told, 'trace'>), ...places, trace: readFileSync(trace, 'utf8').split('\n') };
}

type Places = { readonly name: string; readonly temporary: string; readonly shelf: string };

for (const streamed of [false, true]) {
  const what = streamed ? 'a stream' : 'an object';

  peerTest(`${what} is written, synced, renamed, and its folder synced, in this order`, strace, async () => {
    const { said, trace, name, temporary, shelf } = await putWatched(streamed, () => ['-e', `trace=${calls}`]);
    expect(said).toBe('done');
    const steps = trace.flatMap((line) => {
      if (line.includes(`rename("${temporary}", "${join(shelf, name)}")`)) return ['rename to its name'];
      if (line.includes(`fsync(`) && line.includes(`<${shelf}>`)) return ['fsync of its folder'];
      if (!line.includes(`<${temporary}>`)) return [];
      return [/ f(data)?sync\(/.test(line) ? 'fsync of the file' : 'write'];
    });
    expect(steps.filter((step, at) => step !== steps[at - 1])).toEqual([
      'write',
      'fsync of the file',
      'rename to its name',
      'fsync of its folder',
    ]);
  });

  for (const [step, faulty, place] of [
    ['writing', 'write,writev,pwrite64,pwritev', 'temporary'],
    ['syncing the file', 'fsync', 'temporary'],
    ['renaming', 'rename', 'temporary'],
    ['syncing the folder', 'fsync', 'shelf'],
  ] as const)
    for (const [error, code] of [
      ['EIO', 'BLOB_WRITE_FAILED'],
      ['ENOSPC', 'BLOB_STORE_FULL'],
    ] as const)
      peerTest(`${error} on ${step} of ${what} is ${code}, and nothing is left or seen of it`, strace, async () => {
        const told = await putWatched(streamed, (places) => [
          ...['-P', places[place], '-e', `trace=${faulty}`, '-e', `inject=${faulty}:error=${error}`],
        ]);
        expect(told.trace.some((line) => line.includes('(INJECTED)'))).toBe(true);
        expect(told).toMatchObject({ said: code, left: { count: 0 }, read: 'BLOB_MISSING' });
        expect(told.names).toHaveLength(1);
        expect(told.names).not.toContain(told.name);
      });
}

peerTest('EIO on reading is no damage: the object may be there', strace, async () => {
  const told = await putWatched(false, ({ shelf, name }) => [
    ...['-P', join(shelf, name), '-e', 'trace=read,pread64,preadv', '-e', 'inject=read,pread64,preadv:error=EIO'],
  ]);
  expect(told).toMatchObject({ said: 'done', read: 'BLOB_READ_FAILED' });
});

/** Puts objects on one shelf in a process of its own, some at once; says what came of each, and which fsyncs there were. */
function putOnOneShelf(store: string, groups: readonly (readonly string[])[], ...options: readonly string[]) {
  const program = `
    import { fileBlobs } from ${JSON.stringify(new URL('./file-blobs.ts', import.meta.url).href)};
    const store = fileBlobs(${JSON.stringify(store)});
    const put = (name) => store.put(name, [Buffer.alloc(1000)]).then(() => 'done', (error) => error.code);
    const said = [];
    for (const names of ${JSON.stringify(groups)}) said.push(await Promise.all(names.map(put)));
    const names = [];
    for await (const page of store.list()) names.push(...page);
    console.log(JSON.stringify({ said, names }));`;
  const trace = join(mkdtempSync(join(root, 'trace-')), 'trace');
  const node = [process.execPath, '--input-type=module', '--no-warnings', '-e', program];
  const strace = ['-f', '-y', '-qq', '-o', trace, '-e', 'trace=fsync', ...options, ...node];
  // One thread: strace counts for each by itself.
  const env = { ...process.env, UV_THREADPOOL_SIZE: '1' };
  const { stdout, stderr } = spawnSync('strace', strace, { encoding: 'utf8', timeout: 60_000, env });
  if (stdout === '') throw new Error(`strace or its child said: ${stderr}`);
  const synced = readFileSync(trace, 'utf8').match(/fsync\(\d+<[^>]+>/g) ?? [];
  const told = JSON.parse(stdout) as { said: string[][]; names: string[] };
  return { ...told, synced: synced.map((line) => line.replace(/.*<|>/g, '')) };
}

const onShelf = (count: number): string[] => Array.from({ length: count }, () => `ab${randomUUID().slice(2)}`);

peerTest(
  'a sync of a shelf that fails refuses all that were put there meanwhile, and none that come after',
  strace,
  () => {
    const store = join(mkdtempSync(join(root, 'shelf-')), 'store');
    const [before, meanwhile, after] = [onShelf(1), onShelf(4), onShelf(2)];
    putOnOneShelf(store, [before]);
    const shelf = join(store, 'ab');
    const told = putOnOneShelf(store, [meanwhile, after], '-P', shelf, '-e', 'inject=fsync:error=EIO:when=1');
    expect(told.said).toEqual([Array(4).fill('BLOB_WRITE_FAILED'), ['done', 'done']]);
    expect(told.names.sort()).toEqual([...before, ...after].sort());
  },
);

peerTest('a shelf whose own entry could not be synced is synced again by whoever comes next', strace, () => {
  const store = join(mkdtempSync(join(root, 'entry-')), 'store');
  putOnOneShelf(store, [[randomUUID().replace(/^../, 'cd')]]);
  const told = putOnOneShelf(store, [onShelf(1), onShelf(1)], '-P', store, '-e', 'inject=fsync:error=EIO:when=1..2');
  expect(told.said).toEqual([['BLOB_WRITE_FAILED'], ['done']]);
  // The shelf and the folder of what is unfinished, each twice.
  expect(told.synced).toEqual([store, store, store, store]);
});

peerTest(
  'shelves that another process made are synced by who first puts there: it may have ended before it could',
  strace,
  () => {
    const store = join(mkdtempSync(join(root, 'first-')), 'store');
    putOnOneShelf(store, [onShelf(1)]);
    const { said, synced } = putOnOneShelf(store, [onShelf(3), onShelf(1)]);
    expect(said.flat()).toEqual(Array(4).fill('done'));
    expect(synced.filter((folder) => folder === dirname(store))).toHaveLength(1);
    expect(synced.filter((folder) => folder === store)).toHaveLength(2);
  },
);

const mib = 1024 * 1024;
smallDiskTest(
  'a disk that is really full is told as such, keeps what it has, and takes data again',
  4 * mib,
  async (disk) => {
    const store = fileBlobs(join(disk.folder, 'store'));
    const kept = randomUUID();
    await store.put(kept, [randomBytes(mib)]);
    const stream = async function* () {
      for (let at = 0; at < 8; at += 1) yield randomBytes(mib);
    };
    for (const pieces of [[randomBytes(8 * mib)], stream()]) {
      const name = randomUUID();
      await expect(store.put(name, pieces)).rejects.toMatchObject({ code: 'BLOB_STORE_FULL' });
      await expect(store.facts(name)).rejects.toMatchObject({ code: 'BLOB_MISSING' });
      expect(await store.unfinished(new Date(Date.now() + 60_000), 'count')).toEqual({ count: 0, bytes: 0 });
    }
    await disk.fillUntil(0);
    await expect(store.put(randomUUID(), [randomBytes(10_000)])).rejects.toMatchObject({ code: 'BLOB_STORE_FULL' });
    expect(await store.read(kept, 0, mib)).toHaveLength(mib);
    await store.remove(kept);
    await store.put(randomUUID(), [randomBytes(mib / 2)]);
  },
);

const powered = { names: ['whole', 'streamed'], bytes: 64 * mib } as const;
powerCutTest('an object that was put outlives a power cut at once', powered, async ({ folders, cut, powerOn }) => {
  const name = randomUUID();
  const bytes = randomBytes(3 * mib);
  const stream = async function* () {
    for (let at = 0; at < bytes.length; at += mib) yield bytes.subarray(at, at + mib);
  };
  await fileBlobs(join(folders.whole, 'store')).put(name, [bytes]);
  await fileBlobs(join(folders.streamed, 'store')).put(name, stream());
  cut();
  await powerOn();
  for (const folder of Object.values(folders)) {
    const store = fileBlobs(join(folder, 'store'));
    expect(bytes.equals(await store.read(name, 0, bytes.length))).toBe(true);
    expect(await store.unfinished(new Date(Date.now() + 60_000), 'count')).toEqual({ count: 0, bytes: 0 });
  }
});
