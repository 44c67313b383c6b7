import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { cli } from './run-cli.ts';

type Known = Record<string, Record<string, readonly [url: string, format: string]>>;

/** What Node finds by itself, in a process that nobody told anything: the same, or what is not. */
const comparing = `
  const known = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
  import('data:text/javascript,export default (what, by) => import.meta.resolve(what, by)').then(({ default: find }) => {
    const others = Object.entries(known).flatMap(([by, found]) =>
      Object.entries(found).filter(([what, [url]]) => find(what, by) !== url).map(([what]) => by + ' ' + what));
    process.stdout.write(JSON.stringify(others));
  });`;

test('a program that is told where its modules are takes those that Node finds by itself, and says the same', async () => {
  expect(await cli(['--version'])).toMatchObject({ code: 0, stderr: '' });
  expect(await cli(['--version'])).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^\d+\.\d+/) });
  const kept = readFileSync(join(dirname(process.env.SYMBOLON_TEST_CLUSTER!), 'resolved.json'), 'utf8');
  const importers = Object.keys(JSON.parse(kept) as Known);
  expect(importers.filter((by) => by.endsWith('packages/cli/src/main.ts'))).toHaveLength(1);
  expect(importers.length).toBeGreaterThan(200);
  const plain = { input: kept, encoding: 'utf8', env: { PATH: process.env.PATH } } as const;
  const others = execFileSync(process.execPath, ['--experimental-import-meta-resolve', '-e', comparing], plain);
  expect(JSON.parse(others)).toEqual([]);
});
