#!/usr/bin/env node
// Plain JavaScript, so that an older system Node gets a sentence instead of a syntax error.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
/**
 * What V8 and malloc can be told at the start alone. By itself V8 takes 128 MiB for young objects, and they stay resident; spent buffers
 * are collected by the exchange, which asks for it; and malloc keeps what it took at its most: buffers of 64 KiB and more
 * are given back to the system when they are freed, where glibc is the malloc.
 */
const flags = ['--max-semi-space-size=16', '--expose-gc'];
const malloc = { MALLOC_MMAP_THRESHOLD_: '65536', MALLOC_TRIM_THRESHOLD_: '131072' };
if (major > 24 || (major === 24 && minor >= 7)) {
  if (process.argv[2] === 'serve') {
    const { environment } = await import('../src/config.ts');
    const { execve, execPath, execArgv, argv } = process;
    const names = [...execArgv, ...(environment.NODE_OPTIONS ?? '').split(/\s+/)].map((told) => told.split('=')[0]);
    const untold = flags.filter((flag) => !names.includes(flag.split('=')[0]));
    // In the place of this process, which is 30 ms old and holds nothing yet: the same id, the same parent.
    if (untold.length > 0 && execve)
      execve(execPath, [execPath, ...untold, ...execArgv, ...argv.slice(1)], { ...malloc, ...environment });
    // PostgreSQL has a malloc of its own to think of.
    for (const [name, value] of Object.entries(malloc)) if (environment[name] === value) delete environment[name];
  }
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
