#!/usr/bin/env node
// Plain JavaScript, so that an older system Node gets a sentence instead of a syntax error.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major > 24 || (major === 24 && minor >= 7)) {
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
