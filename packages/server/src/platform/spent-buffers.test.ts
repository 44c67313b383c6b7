import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const fixture = new URL('spent-buffers.fixture.ts', import.meta.url).pathname;
const sharedFixture = new URL('spent-shared.fixture.ts', import.meta.url).pathname;
const flags = ['--expose-gc', '--max-semi-space-size=16'];

/** What stays, in MiB, when so many MiB were held until they were old: as soon as it is less than this, or in the end. */
async function left(held: number, untilBelow: number): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, fixture, `${held}`, `${untilBelow}`]);
  return Number(stdout);
}

test.concurrent('what was held long and let go is collected, though nothing else comes', async () => {
  expect(await left(256, 32)).toBeLessThan(32);
});

test.concurrent('so is a little of it', async () => {
  expect(await left(48, 16)).toBeLessThan(16);
});

test.concurrent('so is memory that threads share, once this one says that it holds it no longer', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, sharedFixture, '8', '7']);
  expect(stdout).toBe('1');
});
