#!/usr/bin/env node
// Plain JavaScript, so that an older system Node gets a sentence instead of a syntax error.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
/** What V8 may take for young objects, which can be told at the start alone: by itself it goes to 128 MiB, and they stay resident. */
const young = '--max-semi-space-size';
const told = process.execArgv.some((option) => option.startsWith(young));

if (major > 24 || (major === 24 && minor >= 7)) {
  // In the place of this process, which is 30 ms old and holds nothing yet: the same id, the same parent.
  if (process.argv[2] === 'serve' && !told && process.execve)
    process.execve(process.execPath, [process.execPath, `${young}=16`, ...process.execArgv, ...process.argv.slice(1)]);
  await import('../src/main.ts');
} else {
  const pinned = fileURLToPath(new URL('../../../node_modules/.bin/node', import.meta.url));
  if (!existsSync(pinned)) {
    console.error(
      `symbolon needs Node 24.7 or newer; this is ${process.version}. Run "npm ci --ignore-scripts" in the checkout first.`,
    );
    process.exit(1);
  }
  const self = fileURLToPath(import.meta.url);
  const run = spawnSync(pinned, [self, ...process.argv.slice(2)], { stdio: 'inherit' });
  process.exit(run.status ?? 1);
}
