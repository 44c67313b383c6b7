import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buildPages } from './build-pages.ts';

const house = join(import.meta.dirname, '../../..');
const run = promisify(execFile);
let root: string;
let dist: string;

/** A checkout with an app of one line, so that a build takes a second. */
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'symbolon-pages-'));
  dist = join(root, 'packages/web/dist');
  mkdirSync(join(root, 'packages/web/src'), { recursive: true });
  for (const part of ['pages', 'vite.config.ts', 'package.json'])
    cpSync(join(house, 'packages/web', part), join(root, 'packages/web', part), { recursive: true });
  symlinkSync(join(house, 'node_modules'), join(root, 'node_modules'));
  const main = '<!doctype html><title>x</title><script type="module" src="/src/main.ts"></script>';
  writeFileSync(join(root, 'packages/web/index.html'), main);
  source('main.ts', 'document.title = "one";');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const source = (name: string, text: string): void => writeFileSync(join(root, 'packages/web/src', name), text);
const build = () => buildPages({ root, dist });
const scripts = (folder: string): string[] =>
  readdirSync(join(folder, 'assets')).filter((name) => name.endsWith('.js'));

describe('the pages are built at the start', () => {
  test('the first time, with what compresses beside each text, and not a second time', async () => {
    const first = await build();
    expect(first.how).toBe('built');
    const [script = ''] = scripts(first.folder);
    const plain = readFileSync(join(first.folder, 'assets', script));
    expect(plain.toString()).toContain('one');
    expect(brotliDecompressSync(readFileSync(join(first.folder, 'assets', `${script}.br`)))).toEqual(plain);
    expect(gunzipSync(readFileSync(join(first.folder, 'assets', `${script}.gz`)))).toEqual(plain);
    expect(await build()).toMatchObject({ folder: first.folder, how: 'up to date' });
  });

  test('so that an exchange of another user can serve them', async () => {
    const { folder } = await build();
    for (const path of [folder, join(folder, 'assets')]) expect(statSync(path).mode & 0o055, path).toBe(0o055);
    expect(statSync(join(folder, 'index.html')).mode & 0o044).toBe(0o044);
  });

  test('again when a source changed, and not when a test did', async () => {
    const first = await build();
    source('main.test.ts', 'throw new Error("a test");');
    expect((await build()).how).toBe('up to date');
    source('main.ts', 'document.title = "two";');
    const second = await build();
    expect(second.how).toBe('built');
    expect(second.folder).not.toBe(first.folder);
    expect(readFileSync(join(second.folder, 'assets', scripts(second.folder)[0] ?? ''), 'utf8')).toContain('two');
  });

  test('once, when three processes start at once', async () => {
    const program = `
      import { buildPages } from ${JSON.stringify(join(root, 'packages/web/pages/build-pages.ts'))};
      const { how } = await buildPages(${JSON.stringify({ root, dist })});
      process.stdout.write(how);`;
    const start = () => run(process.execPath, ['--input-type=module', '-e', program]);
    const outcomes = await Promise.all([start(), start(), start()]);
    expect(outcomes.map(({ stdout }) => stdout).sort()).toEqual(['built', 'up to date', 'up to date']);
    expect(readdirSync(dist)).toHaveLength(1);
  });

  test('although a process died while it had its turn', async () => {
    mkdirSync(dist, { recursive: true });
    const { pid } = await new Promise<{ pid: number }>((done) => {
      const child = execFile(process.execPath, ['-e', ''], () => done({ pid: child.pid as number }));
    });
    writeFileSync(join(dist, 'turn'), String(pid));
    expect((await build()).how).toBe('built');
  });

  test('or it is said why not, with what the bundler says and what to do, and nothing half-built is left', async () => {
    source('main.ts', 'import "./not-there.ts";');
    const error: unknown = await build().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'PagesError', message: expect.stringContaining('npm ci') });
    expect((error as Error).message).toContain('not-there.ts');
    // No colours: it may go into a log.
    expect((error as Error).message).not.toContain('\u001B');
    expect(readdirSync(dist)).toEqual([]);
  });
});

describe('in a checkout that cannot be written', () => {
  const refused = Object.assign(new Error('no'), { code: 'EROFS' });
  const locked = () => buildPages({ root, dist, mayWrite: () => Promise.reject(refused) });

  test('an earlier build is served, and it is said that it is one', async () => {
    const first = await build();
    source('main.ts', 'document.title = "two";');
    expect(await locked()).toMatchObject({ folder: first.folder, how: 'out of date' });
  });

  test('and without an earlier one it is said what to do', async () => {
    await expect(locked()).rejects.toThrow(/may not write to .*dist \(EROFS\).*as the owner of the checkout/);
  });
});
