import { expect, test } from 'vitest';
import { runLimited } from './limited-child.ts';

test('a child has its limits, its input, and both its outputs', async () => {
  const ended = await runLimited('sh', ['-c', 'ulimit -v; ulimit -t; cat; echo trouble >&2; exit 3'], 'handed in');
  expect(ended).toEqual({ stdout: '2097152\n60\nhanded in', stderr: 'trouble\n', status: 3, signal: null });
});

test('a child that crashes is told from one that refuses, whatever was handed in', async () => {
  const { status, signal } = await runLimited('sh', ['-c', 'kill -SEGV $$'], 'x'.repeat(1_000_000));
  expect({ status, signal }).toEqual({ status: null, signal: 'SIGSEGV' });
});
